"""Large bodies are read by another process, and come to the same."""

import json
import os
import signal
from collections.abc import Iterator

import pytest

from callistics.errors import Refused
from callistics.ingest import decode_process
from callistics.ingest.batch import Batch
from callistics.ingest.decode import Limits, Terms, decode_batch
from callistics.ingest.decode_process import DecodeProcess
from callistics.model.scope import Scope
from callistics.model.zones import zone
from callistics.records.field_types import Reading
from callistics.records.fields import RecordKind

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


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[DecodeProcess]:
    """It has begun its process."""
    monkeypatch.setattr(decode_process, "_LARGE", 1_000)
    monkeypatch.setattr(decode_process, "_WORTHWHILE", 1)
    found = DecodeProcess()
    read(found)
    assert found._other is not None
    assert found._other._connection.poll(60)
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
    other = reading._other
    for _ in range(2):
        with pytest.raises(Refused, match="not JSON"):
            reading.decode_batch(b"[" + body()[:-5], "application/json", LIMITS, TERMS)
    assert reading._other is other


def test_what_cannot_be_handed_over_is_read_here(reading: DecodeProcess) -> None:
    nested = body()[:-1] + b', "outcome": ' + b"[" * 600 + b"]" * 600 + b"}"
    other = reading._other
    for _ in range(2):
        assert read(reading, nested) == here(nested)
    assert reading._other is other


def test_without_the_process_it_is_read_here_and_another_is_begun(
    reading: DecodeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = reading._other
    assert lost is not None
    lost._process.kill()
    lost._process.join()
    monkeypatch.setattr(decode_process, "_WORTHWHILE", 3 * len(body()))
    for begun in (False, False, False, True):
        assert read(reading) == here()
        assert (reading._other is not None) == begun
    assert reading._other is not lost


def test_one_that_does_not_answer_is_given_up(
    reading: DecodeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = reading._other
    assert other is not None
    assert other._process.pid is not None
    monkeypatch.setattr(decode_process, "_LONGEST", 0.1)
    monkeypatch.setattr(decode_process, "_ENDING", 0.1)
    os.kill(other._process.pid, signal.SIGSTOP)
    assert read(reading) == here()
    assert not other._process.is_alive()


def test_one_that_cannot_be_started_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_process, "_LARGE", 1_000)
    monkeypatch.setattr(decode_process, "_WORTHWHILE", 1)
    monkeypatch.setattr(decode_process, "_answer", lambda _: None)
    reading = DecodeProcess()
    # A function that has no name of its own cannot be handed to it.
    assert read(reading) == here()
    assert reading._other is None
    reading.stop()


def test_small_bodies_and_the_first_large_ones_begin_no_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decode_process, "_WORTHWHILE", 6 * len(body()))
    reading = DecodeProcess()
    for _ in range(9):
        read(reading)
    assert reading._other is None
    monkeypatch.setattr(decode_process, "_LARGE", 1_000)
    for number in range(1, 7):
        read(reading)
        assert (reading._other is None) == (number < 6)
    # It may be told to end before it has begun.
    other = reading._other
    assert other is not None
    reading.stop()
    assert not other._process.is_alive()


def test_the_process_ends_with_the_one_that_asks(reading: DecodeProcess) -> None:
    other = reading._other
    assert other is not None
    # As if this process had been killed.
    other._connection.close()
    other._process.join(30)
    assert other._process.exitcode == 0
