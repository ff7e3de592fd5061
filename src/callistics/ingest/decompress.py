"""Bodies without their `Content-Encoding`."""

import gzip
import io
import zlib
from collections.abc import Iterator

import zstandard

from callistics.errors import Refused, TooLarge, UnsupportedMedia, malformed

ENCODINGS = ("identity", "gzip", "zstd")
_CHUNK = 1 << 20
# What this much unpacks to at the most still fits into memory.
_ZSTD_STEP = 1 << 10


def unpack(body: bytes, encoding: str | None, limit: int) -> bytes:
    """The body without its `Content-Encoding`. Raises `TooLarge`, `UnsupportedMedia`, `Refused`."""
    name = (encoding or "identity").strip().lower()
    if name not in ENCODINGS:
        raise UnsupportedMedia(f"Content-Encoding must be one of {', '.join(ENCODINGS)}")
    if name == "identity":
        plain = body
    else:
        try:
            plain = _join(_gunzip(body) if name == "gzip" else _unzstd(body), limit)
        except (OSError, EOFError, zlib.error, zstandard.ZstdError):
            raise Refused([malformed("", f"the body is not valid {name}, or cut off")]) from None
    if len(plain) > limit:
        raise too_large(limit)
    return plain


def too_large(limit: int) -> TooLarge:
    """What is told of a body that has more bytes than it may have."""
    return TooLarge(f"the body is larger than {limit:,} bytes")


def _join(pieces: Iterator[bytes], limit: int) -> bytes:
    """The pieces as one. Raises `TooLarge` at once: a small body may unpack to more than fits."""
    found: list[bytes] = []
    size = 0
    for piece in pieces:
        found.append(piece)
        size += len(piece)
        if size > limit:
            raise too_large(limit)
    return b"".join(found)


def _gunzip(body: bytes) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
        while piece := stream.read(_CHUNK):
            yield piece


def _unzstd(body: bytes) -> Iterator[bytes]:
    """Frame by frame in small steps; raises `EOFError` where the last frame is cut off."""
    frame = zstandard.ZstdDecompressor().decompressobj()
    for start in range(0, len(body), _ZSTD_STEP):
        rest = body[start : start + _ZSTD_STEP]
        while rest:
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(rest)
            rest = frame.unused_data if frame.eof else b""
    if not frame.eof:
        raise EOFError
