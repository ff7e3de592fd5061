"""Decodes what brings records, a body of JSON or values, into a batch of checked records."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from callistics.errors import Problem, Refused, UnsupportedMedia, invalid, malformed, pointer
from callistics.ingest.batch import Batch
from callistics.ingest.receipt import Rejects
from callistics.model.json import NotJsonError, as_decoded, as_list, decode
from callistics.model.media_types import is_json, media_type
from callistics.model.scope import Scope
from callistics.records.columnar.call_batch import (
    SMALLEST,
    CallBatch,
    batch_of_records,
    batch_of_texts,
)
from callistics.records.decode import Change, parse_record
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading

NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest request: bytes after unpacking, and records."""

    body: int
    records: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What the records of a request are checked by.

    `skip` is whether good ones are stored beside bad ones. From so many records on
    (`columns_from`), those that can be are taken as columns. `reseller` is that of records that
    name none. Of those that are rejected so many are `named`, None: all.
    """

    kind: RecordKind
    reading: Reading
    scope: Scope
    skip: bool = False
    columns_from: int = SMALLEST
    reseller: str | None = None
    named: int | None = None


def decode_batch(body: bytes, content_type: str | None, limits: Limits, terms: Terms) -> Batch:
    """The records of a body, each checked: the good ones, and everything wrong with the bad ones.

    Raises `Refused` where the body as a whole is not JSON, `UnsupportedMedia` for another type.
    """
    media = media_type(content_type)
    if not is_json(media) and media not in NDJSON_TYPES:
        expected = "application/json or application/x-ndjson"
        raise UnsupportedMedia(f"Content-Type must be {expected}")
    lines = media in NDJSON_TYPES
    if terms.kind is RecordKind.CALLS:
        texts = _texts(body, lines=lines)
        if terms.columns_from <= len(texts) <= limits.records:
            found = _with_columns(texts, terms, lines=lines)
            if found is not None:
                return found
    records, single = _records(body, media, limits)
    return _checked(terms, list(enumerate(records)), len(records), single=single)


def batch_of_values(records: Sequence[object], terms: Terms) -> Batch:
    """The records, each checked as `decode_batch` checks the JSON text that says the same.

    They are made of what JSON can say, as Python has it, and Decimals; texts must be valid.
    """
    columns = None
    if terms.kind is RecordKind.CALLS and len(records) >= terms.columns_from:
        columns = batch_of_records(records, terms.reading, terms.scope)
    taken: set[int] = set() if columns is None else set(columns.received)
    rest = [(at, _said(records[at])) for at in range(len(records)) if at not in taken]
    return _checked(terms, rest, len(records), columns=columns)


def _with_columns(texts: Sequence[bytes], terms: Terms, *, lines: bool) -> Batch | None:
    """The records with those taken as columns that can be; None if none can, or it is no JSON."""
    columns = batch_of_texts(texts, terms.reading, terms.scope)
    if columns is None:
        return None
    taken = set(columns.received)
    rest = [(index, _read(text)) for index, text in enumerate(texts) if index not in taken]
    if not lines and any(isinstance(raw, NotJsonError) for _, raw in rest):
        return None
    return _checked(terms, rest, len(texts), columns=columns)


def _checked(
    terms: Terms,
    records: Sequence[tuple[int, object]],
    received: int,
    *,
    single: bool = False,
    columns: CallBatch | None = None,
) -> Batch:
    changes: list[tuple[int, Change]] = []
    rejects = Rejects(terms.named)
    for index, raw in records:
        found = _check(terms, raw, () if single else (index,))
        if isinstance(found, Change):
            changes.append((index, found))
        else:
            rejects.add(index, found)
    return Batch(
        terms.kind,
        terms.scope,
        terms.reading,
        received,
        changes,
        rejects,
        skip=terms.skip,
        single=single,
        columns=columns,
        reseller=terms.reseller,
    )


def _check(terms: Terms, raw: object, at: tuple[int, ...]) -> Change | list[Problem]:
    if isinstance(raw, NotJsonError):
        return [invalid(pointer(*at), str(raw))]
    return parse_record(terms.kind, raw, terms.reading, at)


def _records(body: bytes, media: str, limits: Limits) -> tuple[list[object], bool]:
    """The records of a body, still unchecked, and whether it was a single object."""
    records, single = _lines(body, limits) if media in NDJSON_TYPES else _document(body, limits)
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
    return [_read(line) for line in _split(body)[: limits.records + 1]], False


def _split(body: bytes) -> list[bytes]:
    return [line for line in body.split(b"\n") if line.strip()]


def _read(text: bytes) -> object:
    """The value of a JSON text, or the `NotJsonError` it gives."""
    try:
        return decode(text)
    except NotJsonError as error:
        return error


def _said(record: object) -> object:
    """The value as JSON has it, or the `NotJsonError` it gives."""
    try:
        return as_decoded(record)
    except NotJsonError as error:
        return error


_pieces = msgspec.json.Decoder(list[msgspec.Raw]).decode


def _texts(body: bytes, *, lines: bool) -> list[bytes]:
    """The records of a body as JSON texts; what is no array is split into lines, whatever it is."""
    if lines or not body.lstrip().startswith(b"["):
        return _split(body)
    try:
        return [bytes(piece) for piece in _pieces(body)]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return []
