"""Scores that come by themselves, after the call they are of, and in the same request.

A call is analysed some minutes after it ended. Of many calls that are sent together most such
records are known to be no more than one more value of a call that is there as well: it is put where
it belongs while both are columns.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from callistics.records.columnar.sent_calls import SENT_FIELDS, Later
from callistics.records.field_types import Storage

_SCORES = [one.name for one in SENT_FIELDS if one.type.storage is Storage.DOUBLE]
_Score: Any = msgspec.defstruct(
    "Score",
    [
        *((name, str) for name in ("merchant_id", "call_id", "updated_at")),
        *((name, float | None, None) for name in _SCORES),
    ],
    forbid_unknown_fields=True,
    gc=False,
)
decode_score = msgspec.json.Decoder(_Score).decode
KEYS_BESIDE = 3
"""Keys of such a record beside its score."""


def put_in(calls: list[Any], scores: Sequence[tuple[int, Any]]) -> dict[int, Later]:
    """Put scores, with their indices, into the calls that they are of; by row, those that were.

    A call that has one already, or comes twice, is left alone, and so are several of one call.
    """
    found: dict[int, Later] = {}
    for row, (index, score) in _placed(((one.merchant_id, one.call_id) for one in calls), scores):
        field = _field(score)
        if field is not None and getattr(calls[row], field) is None:
            calls[row] = msgspec.structs.replace(calls[row], **{field: getattr(score, field)})
            found[row] = Later(index, field, score.updated_at)
    return found


def put_in_columns(
    values: Mapping[str, list[Any]], calls: Sequence[bool], alone: Sequence[bool]
) -> dict[int, Later]:
    """As `put_in` where the values of all records are known: those of `calls`, and of others.

    Of these those that have no value besides are `alone`.
    """
    scores: list[tuple[int, Any]] = []
    for row in (row for row, is_call in enumerate(calls) if not is_call and alone[row]):
        given = {name: column[row] for name, column in values.items() if column[row] is not None}
        with suppress(msgspec.ValidationError):
            scores.append((row, msgspec.convert(given, _Score)))
    if not scores:
        return {}
    found: dict[int, Later] = {}
    pairs = zip(values["merchant_id"], values["call_id"], calls, strict=True)
    names = ((merchant, call if is_call else None) for merchant, call, is_call in pairs)
    for row, (index, score) in _placed(names, scores):
        field = _field(score)
        if field is not None and values[field][row] is None:
            values[field][row] = getattr(score, field)
            found[row] = Later(index, field, score.updated_at)
    return found


def _placed(
    calls: Iterable[tuple[str, str | None]], scores: Sequence[tuple[int, Any]]
) -> Iterator[tuple[int, tuple[int, Any]]]:
    """The row of its call for each score, if it is the only one of it and the call comes once."""
    wanted: dict[tuple[str, str | None], tuple[int, Any] | None] = {}
    for index, score in scores:
        name = (score.merchant_id, score.call_id)
        wanted[name] = None if name in wanted else (index, score)
    rows: dict[tuple[str, str | None], list[int]] = {}
    ids = {name[1] for name in wanted}
    for row, name in enumerate(calls):
        if name[1] in ids:
            rows.setdefault(name, []).append(row)
    for name, those in rows.items():
        one = wanted.get(name)
        if one is not None and len(those) == 1:
            yield those[0], one


def _field(score: Any) -> str | None:
    """The one field that a score brings."""
    names = [name for name in _SCORES if getattr(score, name) is not None]
    return names[0] if len(names) == 1 else None
