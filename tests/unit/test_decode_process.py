"""Large bodies are decoded by another process, with the same result."""

import json
from collections.abc import Iterator
from multiprocessing.context import SpawnProcess

import pytest

from callistics.errors import Refused
from callistics.ingest import decode_process
from callistics.ingest.batch import Batch
from callistics.ingest.decode import Limits, Terms, decode_batch
from callistics.ingest.decode_process import DecodeProcess, Tuning
from callistics.model.scope import Scope
from callistics.model.zones import zone
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading
from support.other_process import Other, has_other

LIMITS = Limits(1 << 20, 1_000)
TERMS = Terms(
    RecordKind.CALLS,
    Reading(zone("Europe/Lisbon"), 1_750_000_000_000_000),
    Scope(merchant_ids=frozenset({"m"})),
    skip=True,
)


def body(*more: object) -> bytes:
    """Forty whole calls, a late change of one, and more."""
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


AT_ONCE = Tuning(large=1_000, worthwhile=1)


@pytest.fixture
def reading(request: pytest.FixtureRequest) -> Iterator[DecodeProcess]:
    """It has begun its process."""
    tuning: Tuning = getattr(request, "param", AT_ONCE)
    found = DecodeProcess(tuning)
    while not has_other(found):
        read(found)
    Other(found).wait()
    yield found
    found.stop()


def read(reading: DecodeProcess, text: bytes | None = None) -> Batch:
    return reading.decode_batch(text or body(), "application/x-ndjson", LIMITS, TERMS)


def here(text: bytes | None = None) -> Batch:
    return decode_batch(text or body(), "application/x-ndjson", LIMITS, TERMS)


@pytest.mark.parametrize("text", [body(), body(WRONG), body("text"), body()[:-5]])
def test_it_comes_to_the_same(
    reading: DecodeProcess, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = here(text)
    monkeypatch.setattr(decode_process, "decode_batch", never)
    for _ in range(2):
        found = read(reading, text)
        assert found == expected
        assert found.columns is not None
        assert len(found.columns) == 40


def never(*_: object) -> Batch:
    raise AssertionError("read here")


def test_what_is_wrong_with_the_body_as_a_whole_is_told(reading: DecodeProcess) -> None:
    other = Other(reading)
    for _ in range(2):
        with pytest.raises(Refused, match="not JSON"):
            reading.decode_batch(b"[" + body()[:-5], "application/json", LIMITS, TERMS)
    assert Other(reading) == other


def test_what_cannot_be_handed_over_is_read_here(reading: DecodeProcess) -> None:
    nested = body()[:-1] + b', "outcome": ' + b"[" * 600 + b"]" * 600 + b"}"
    other = Other(reading)
    for _ in range(2):
        assert read(reading, nested) == here(nested)
    assert Other(reading) == other


@pytest.mark.parametrize(
    "reading", [Tuning(large=1_000, worthwhile=3 * len(body()))], indirect=True
)
def test_without_the_process_it_is_read_here_and_another_is_begun(reading: DecodeProcess) -> None:
    lost = Other(reading)
    lost.kill()
    for begun in (False, False, False, True):
        assert read(reading) == here()
        assert has_other(reading) == begun
    assert Other(reading) != lost


@pytest.mark.parametrize(
    "reading", [Tuning(large=1_000, worthwhile=1, longest=0.1, ending=0.1)], indirect=True
)
def test_one_that_does_not_answer_is_given_up(reading: DecodeProcess) -> None:
    other = Other(reading)
    other.halt()
    assert read(reading) == here()
    assert not other.is_alive


def test_one_that_cannot_be_started_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: SpawnProcess) -> None:
        raise OSError("no memory")

    monkeypatch.setattr(SpawnProcess, "start", fail)
    reading = DecodeProcess(AT_ONCE)
    assert read(reading) == here()
    assert not has_other(reading)
    reading.stop()


def test_small_bodies_and_the_first_large_ones_begin_no_process() -> None:
    large = body({"call_id": "c", "outcome": "x" * 1_000})
    reading = DecodeProcess(Tuning(large=len(large), worthwhile=6 * len(large)))
    for _ in range(9):
        read(reading)
    assert not has_other(reading)
    for number in range(1, 7):
        read(reading, large)
        assert has_other(reading) == (number == 6)
    # It may be told to end before it has begun.
    other = Other(reading)
    reading.stop()
    assert not other.is_alive


def test_the_process_ends_with_the_one_that_asks(reading: DecodeProcess) -> None:
    assert Other(reading).abandoned() == 0
