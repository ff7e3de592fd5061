"""Bodies without their `Content-Encoding`."""

import gzip
import io
import threading
import zlib
from collections.abc import Iterator

import zstandard

from callistics.errors import Refused, TooLarge, UnsupportedMedia, malformed

ENCODINGS = ("identity", "gzip", "zstd")
_CHUNK = 1 << 20
# What this much unpacks to at the most still fits into memory.
_ZSTD_STEP = 1 << 10
# Beyond this bodies are unpacked one at a time: each takes a processor, of which some are to be
# left to what is small.
_LARGE = 8 << 20
_one_large = threading.Lock()


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
    size = _collect(pieces, found, 0, min(_LARGE, limit))
    if size > _LARGE:
        with _one_large:
            size = _collect(pieces, found, size, limit)
    if size > limit:
        raise too_large(limit)
    return b"".join(found)


def _collect(pieces: Iterator[bytes], found: list[bytes], size: int, enough: int) -> int:
    """Add pieces to those found, until their size is more than enough; the size."""
    while size <= enough and (piece := next(pieces, None)) is not None:
        found.append(piece)
        size += len(piece)
    return size


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
