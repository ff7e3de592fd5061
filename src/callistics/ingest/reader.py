"""From the body of `POST /calls` or `POST /leads` to checked records."""

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass

import zstandard

from callistics.errors import Problem, Refused, TooLarge, UnsupportedMedia, invalid, malformed
from callistics.model.json import NotJsonError, as_list, decode
from callistics.model.record_values import Reading
from callistics.model.records import Change, RecordKind, parse_record
from callistics.model.scope import Scope
from callistics.model.writes import Rejected, Write

NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
ENCODINGS = ("identity", "gzip", "zstd")
_CHUNK = 1 << 20
# What this much unpacks to at the most still fits into memory.
_ZSTD_STEP = 1 << 10


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest request: bytes after unpacking, and records."""

    body: int
    records: int


def media_type(content_type: str | None) -> str:
    """The type that a `Content-Type` names, without its parameters; JSON where there is none."""
    return (content_type or "application/json").partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    """Whether a media type is JSON or built upon it."""
    return media == "application/json" or media.endswith("+json")


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
        except (OSError, EOFError, zstandard.ZstdError):
            raise Refused([malformed("", f"the body is not valid {name}, or cut off")]) from None
    if len(plain) > limit:
        raise TooLarge(f"the body is larger than {limit:,} bytes")
    return plain


def _join(pieces: Iterator[bytes], limit: int) -> bytes:
    """The pieces up to just beyond the limit: a small body may unpack to more than fits."""
    found: list[bytes] = []
    size = 0
    for piece in pieces:
        found.append(piece)
        size += len(piece)
        if size > limit:
            break
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


def read_records(
    body: bytes, content_type: str | None, limits: Limits
) -> tuple[list[object], bool]:
    """The records of a body, still unchecked, and whether it was a single object.

    A line of NDJSON that is not JSON comes as the `NotJsonError` it gave. Raises `Refused` where
    the body as a whole is not JSON, `UnsupportedMedia` for another type.
    """
    kind = media_type(content_type)
    if not is_json(kind) and kind not in NDJSON_TYPES:
        expected = "application/json or application/x-ndjson"
        raise UnsupportedMedia(f"Content-Type must be {expected}")
    records, single = _lines(body, limits) if kind in NDJSON_TYPES else _document(body, limits)
    if len(records) > limits.records:
        raise Refused([invalid("", f"more than {limits.records:,} records in one request")])
    if not records:
        raise Refused([invalid("", "the body has no records")])
    return records, single


def _document(body: bytes, limits: Limits) -> tuple[list[object], bool]:
    try:
        value = decode(body)
    except NotJsonError as error:
        # Many clients label NDJSON as plain JSON; one object a line is unmistakable.
        if body.lstrip()[:1] == b"{" and "Extra data" in str(error):
            return _lines(body, limits)
        raise Refused([malformed("", str(error))]) from None
    records = as_list(value)
    return ([value], True) if records is None else (records, False)


def _lines(body: bytes, limits: Limits) -> tuple[list[object], bool]:
    records: list[object] = []
    for line in _split(body):
        try:
            records.append(decode(line))
        except NotJsonError as error:
            records.append(error)
        if len(records) > limits.records:
            break
    return records, False


def _split(body: bytes) -> Iterator[bytes]:
    for line in body.split(b"\n"):
        if line.strip():
            yield line


def check_records(
    kind: RecordKind,
    records: list[object],
    *,
    single: bool,
    reading: Reading,
    scope: Scope,
    skip: bool,
) -> Write:
    """Validate every record; the good ones and everything wrong with the bad ones."""
    changes: list[tuple[int, Change]] = []
    rejected: list[Rejected] = []
    for index, raw in enumerate(records):
        found = _check(kind, raw, reading, () if single else (index,))
        if isinstance(found, Change):
            changes.append((index, found))
        else:
            rejected.append(Rejected(index, tuple(found)))
    return Write(kind, scope, len(records), changes, rejected, skip=skip, single=single)


def _check(
    kind: RecordKind, raw: object, reading: Reading, at: tuple[int, ...]
) -> Change | list[Problem]:
    if isinstance(raw, NotJsonError):
        return [invalid("".join(f"/{step}" for step in at), str(raw))]
    return parse_record(kind, raw, reading, at)
