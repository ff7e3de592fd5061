"""Long payloads, as those with transcripts are, stay in memory no longer than they are used."""

import gc
import json
import tracemalloc
from collections.abc import Callable

import pyarrow as pa
import pytest

from callistics.model.payload import order_key, overlaid
from callistics.model.short_texts import LONGEST, kept_for_short_texts
from callistics.records.columnar.payload_columns import Forms, Payloads
from callistics.records.columnar.sent_texts import sent_as_texts
from callistics.records.outcomes import outcome_key

_LONG, _MANY = 20_000, 300
_FORMS = Forms()


def payload(number: int) -> str:
    return json.dumps({"said": f"{number} " + "word " * (_LONG // 5)}, separators=(",", ":"))


def flatten(text: str) -> None:
    Payloads(_FORMS).columns(pa.array([text]), pa.array(["m1"]))


def send(text: str) -> None:
    call = (
        '{"call_id":"c","merchant_id":"m1","reseller_id":"r1","lead_id":"l1",'
        f'"started_at":"2025-01-01T00:00:00Z","payload":{text}}}'
    )
    indices, _ = sent_as_texts([call.encode()])
    assert indices == [0]


def held(way: Callable[[int], object], times: int) -> int:
    """Bytes that are left of what it allocates."""
    way(-1)
    tracemalloc.start()
    try:
        for number in range(times):
            way(number)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


WAYS: dict[str, Callable[[int], object]] = {
    "flattened": lambda number: flatten(payload(number)),
    "laid over a lead's": lambda number: overlaid('{"city":"Pune"}', payload(number)),
    "compared": lambda number: order_key(payload(number)),
    "sent": lambda number: send(payload(number)),
}


@pytest.mark.parametrize("way", WAYS)
def test_long_texts_are_let_go(way: str) -> None:
    assert held(WAYS[way], _MANY) < _MANY * _LONG / 10


def exponents(number: int) -> list[str]:
    """Each is short for a thousand digits."""
    return [f"{number}e{exponent}" for exponent in range(900, 980)]


GROWING: dict[str, Callable[[int], object]] = {
    "sent": lambda number: send('{"a":[' + ",".join(exponents(number)[:60]) + "]}"),
    "flattened": lambda number: flatten(json.dumps({"a": [number, *range(100)]})),
    "an outcome": lambda number: outcome_key(f"{number} " + "\ufdfa" * 500),
}


@pytest.mark.parametrize("way", GROWING)
def test_what_short_texts_come_to_is_let_go_where_it_is_long(way: str) -> None:
    assert held(GROWING[way], 60) < 60 * 1_000


def test_short_ones_are_worked_out_once() -> None:
    asked: list[str] = []

    @kept_for_short_texts(2)
    def doubled(text: str) -> str:
        asked.append(text)
        return text * 2

    long = "x" * (LONGEST + 1)
    given = ["abc", "abc", long, long]
    assert [doubled(text) for text in given] == [text * 2 for text in given]
    assert asked == ["abc", long, long]


def test_no_more_are_kept_than_it_says() -> None:
    asked: list[str] = []

    @kept_for_short_texts(2)
    def same(text: str) -> str:
        asked.append(text)
        return text

    for text in ("a", "b", "a", "c", "c", "a"):
        same(text)
    assert asked == ["a", "b", "c", "a"]
