"""Scores that come by themselves, after the call they are of, and in the same request.

A call is analysed some minutes after it ended. Of many calls that are sent together most such
records are known to be no more than one more value of a call that is there as well: it is put where
it belongs while both are columns.
"""

from collections.abc import Sequence
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
    wanted: dict[tuple[str, str], tuple[int, Any] | None] = {}
    for index, score in scores:
        name = (score.merchant_id, score.call_id)
        wanted[name] = None if name in wanted else (index, score)
    rows: dict[tuple[str, str], list[int]] = {}
    ids = {name[1] for name in wanted}
    for row, call in enumerate(calls):
        if call.call_id in ids:
            rows.setdefault((call.merchant_id, call.call_id), []).append(row)
    found: dict[int, Later] = {}
    for name, those in rows.items():
        one = wanted.get(name)
        if one is not None and len(those) == 1 and (field := _field(calls[those[0]], one[1])):
            (row,) = those
            calls[row] = msgspec.structs.replace(calls[row], **{field: getattr(one[1], field)})
            found[row] = Later(one[0], field, one[1].updated_at)
    return found


def _field(call: Any, score: Any) -> str | None:
    """The one field that a score brings, if the call has nothing there."""
    names = [name for name in _SCORES if getattr(score, name) is not None]
    return names[0] if len(names) == 1 and getattr(call, names[0]) is None else None
