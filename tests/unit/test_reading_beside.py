"""Large bodies are read by another process, and come to the same."""

import json
from collections.abc import Iterator

import pytest

from callistics.errors import Refused
from callistics.ingest import beside
from callistics.ingest.beside import ReadingBeside
from callistics.ingest.reader import Limits, Terms, read_write
from callistics.model.record_values import Reading
from callistics.model.records import RecordKind
from callistics.model.scope import Scope
from callistics.model.zones import zone

LIMITS = Limits(1 << 20, 1_000)
TERMS = Terms(
    RecordKind.CALLS,
    Reading(zone("Europe/Lisbon"), 1_750_000_000_000_000),
    Scope(merchant_ids=frozenset({"m"})),
    skip=True,
)


def body(*more: object) -> bytes:
    calls = [
        {
            "call_id": f"c{number}",
            "merchant_id": "m",
            "reseller_id": "r",
            "started_at": "2025-01-15T09:00:00Z",
            "payload": {"city": "Pune", "number": number},
        }
        for number in range(40)
    ]
    late = {"call_id": "c7", "sentiment": 0.5, "started_at": None}
    return b"\n".join(json.dumps(one).encode() for one in [*calls, late, *more])


WRONG = {"call_id": "x", "merchant_id": "m", "started_at": "never", "sentiment": [1], "other": 1}


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadingBeside]:
    monkeypatch.setattr(beside, "_LARGE", 1_000)
    monkeypatch.setattr(beside, "_WORTHWHILE", 1)
    found = ReadingBeside()
    yield found
    found.stop()


@pytest.mark.parametrize("text", [body(), body(WRONG), body("text"), body()[:-5]])
def test_it_comes_to_the_same(reading: ReadingBeside, text: bytes) -> None:
    for _ in range(2):
        found = reading.read_write(text, "application/x-ndjson", LIMITS, TERMS)
        assert reading._connection is not None
        assert found == read_write(text, "application/x-ndjson", LIMITS, TERMS)
        assert found.block is not None
        assert len(found.block) == 40


def test_what_is_wrong_with_the_body_as_a_whole_is_told(reading: ReadingBeside) -> None:
    for _ in range(2):
        with pytest.raises(Refused, match="not JSON"):
            reading.read_write(b"[" + body()[:-5], "application/json", LIMITS, TERMS)
    assert reading._process is not None
    assert reading._process.is_alive()


def test_without_the_process_it_is_read_here(reading: ReadingBeside) -> None:
    expected = reading.read_write(body(), "application/x-ndjson", LIMITS, TERMS)
    assert reading._process is not None
    reading._process.kill()
    reading._process.join()
    for _ in range(2):
        assert reading.read_write(body(), "application/x-ndjson", LIMITS, TERMS) == expected


def test_small_bodies_and_the_first_large_ones_begin_no_process() -> None:
    reading = ReadingBeside()
    for _ in range(5):
        reading.read_write(body(), "application/x-ndjson", LIMITS, TERMS)
    assert reading._process is None
    reading.stop()


def test_the_process_ends_with_the_one_that_asks(reading: ReadingBeside) -> None:
    reading.read_write(body(), "application/x-ndjson", LIMITS, TERMS)
    assert reading._connection is not None
    assert reading._process is not None
    # As if this process had been killed.
    reading._connection.close()
    reading._process.join(30)
    assert reading._process.exitcode == 0
