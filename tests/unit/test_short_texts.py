"""Long payloads, as those with transcripts are, stay in memory no longer than they are used."""

import gc
import json
import tracemalloc
from collections.abc import Callable

import pyarrow as pa
import pytest

from callistics.model.payload import order_key, overlaid
from callistics.model.short_texts import kept_for_short_texts
from callistics.records.columnar.payload_columns import Forms, Payloads
from callistics.records.columnar.sent_texts import sent_as_texts

_LONG, _MANY = 20_000, 300
_FORMS = Forms()


def payload(number: int) -> str:
    return json.dumps({"said": f"{number} " + "word " * (_LONG // 5)}, separators=(",", ":"))


def flattened(number: int) -> None:
    Payloads(_FORMS).columns(pa.array([payload(number)]), pa.array(["m1"]))


def sent(number: int) -> None:
    call = {
        "call_id": f"c{number}",
        "merchant_id": "m1",
        "reseller_id": "r1",
        "lead_id": "l1",
        "started_at": "2025-01-01T00:00:00Z",
        "payload": json.loads(payload(number)),
    }
    indices, _ = sent_as_texts([json.dumps(call).encode()])
    assert indices == [0]


WAYS: dict[str, Callable[[int], object]] = {
    "flattened": flattened,
    "laid over a lead's": lambda number: overlaid('{"city":"Pune"}', payload(number)),
    "compared": lambda number: order_key(payload(number)),
    "sent": sent,
}


@pytest.mark.parametrize("way", WAYS)
def test_long_texts_are_let_go(way: str) -> None:
    WAYS[way](-1)
    tracemalloc.start()
    try:
        for number in range(_MANY):
            WAYS[way](number)
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < _MANY * _LONG / 10


def test_short_ones_are_worked_out_once() -> None:
    asked: list[str] = []

    @kept_for_short_texts(2, longest=3)
    def doubled(text: str) -> str:
        asked.append(text)
        return text * 2

    given = ["abc", "abc", "long", "long"]
    assert [doubled(text) for text in given] == [text * 2 for text in given]
    assert asked == ["abc", "long", "long"]
