"""Receipts as the text that is kept of requests with an `Idempotency-Key`.

Earlier versions kept the answers themselves, which are read here as well.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any, cast

import msgspec

from callistics.errors import NOTHING, Problem, ProblemKind
from callistics.ingest.receipt import Receipt, Rejected, Waiting
from callistics.model.json import decode
from callistics.model.shown import shown
from callistics.records.identity import Identity

_Item = Mapping[str, Any]


def to_text(receipt: Receipt) -> bytes:
    """The text of a receipt; of what was rejected it has values as they are shown."""
    found: dict[str, object] = {
        "received": receipt.received,
        "stored": receipt.stored,
        "unchanged": receipt.unchanged,
        "pending": receipt.pending,
        "rejected": [
            {"index": one.index, "errors": list(map(_problem, one.problems))}
            for one in receipt.rejected
        ],
        "missing": [
            {
                "index": one.index,
                "merchant_id": one.identity[0],
                "id": one.identity[1],
                "fields": one.fields,
            }
            for one in receipt.waiting
        ],
    }
    return msgspec.json.encode(found | ({"unnamed": receipt.unnamed} if receipt.unnamed else {}))


def _problem(problem: Problem) -> dict[str, object]:
    item: dict[str, object] = {
        "kind": problem.kind.value,
        "pointer": problem.pointer,
        "message": problem.message,
    }
    return item if problem.value is NOTHING else item | {"value": shown(problem.value)}


def from_text(text: bytes) -> Receipt:
    """The receipt of a text that was kept."""
    found = cast("_Item", decode(text))
    return Receipt(
        *(found[name] for name in ("received", "stored", "unchanged", "pending")),
        rejected=tuple(
            Rejected(one["index"], tuple(map(_read_problem, one["errors"])))
            for one in found["rejected"]
        ),
        waiting=tuple(
            Waiting(one["index"], (one.get("merchant_id", ""), one["id"]), tuple(one["fields"]))
            for one in found.get("missing", ())
        ),
        unnamed=found.get("unnamed", 0),
    )


def naming(identities: Set[Identity]) -> Callable[[bytes], bool]:
    """What tells whether the text of a receipt says something of one of these records.

    It may be told of others as well: a sentence names no merchant, and is searched for the ids as
    whole words.
    """
    ids = {one for _, one in identities}
    # What earlier versions kept names no merchant.
    known = identities | {("", one) for one in ids}
    word = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in sorted(ids)))

    def names(text: bytes) -> bool:
        receipt = from_text(text)
        return any(one.identity in known for one in receipt.waiting) or any(
            word.search(said) for said in _said(receipt)
        )

    return names


def _said(receipt: Receipt) -> Iterator[str]:
    """What a receipt says of records that were rejected."""
    for bad in receipt.rejected:
        for problem in bad.problems:
            yield problem.message
            yield str(problem.value)


def _read_problem(item: _Item) -> Problem:
    kind = ProblemKind(item.get("kind", ProblemKind.INVALID))
    return Problem(kind, item["pointer"], item["message"], item.get("value", NOTHING))
