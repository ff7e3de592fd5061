"""Bodies are kept together, mapped after that, and again where the engine failed."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Event
from types import NoneType
from typing import Any

import pytest

from callistics.errors import Unavailable
from callistics.ingest.job import Job
from callistics.model.webhooks import KeptBody
from callistics.server.figures import oldest_left
from callistics.webhooks import receiver, worker
from callistics.webhooks.receiver import Receiver
from callistics.webhooks.stored import StoredWebhooks
from callistics.webhooks.worker import Worker
from support.gate import SECONDS, gated
from support.keeping import Keeping, Stored, body
from support.server import serving
from support.store import opened
from support.webhook_events import in_json
from support.webhook_server import Endpoint, settle, webhooks_of

BURST, MAPPED = 5_000, 1_200


@pytest.mark.parametrize("engine", ["duckdb", "chdb"])
def test_a_body_that_is_kept_changes_no_answer(engine: str) -> None:
    with opened(engine) as store:
        before = store.engine.data_version
        store.engine.keep_bodies([body(1), body(2, size=9)])
        assert store.engine.data_version == before
        found = StoredWebhooks(store.engine).waiting()
        assert sorted(found, key=lambda one: one.id) == [body(1), body(2, size=9)]


def test_a_body_is_kept_while_records_are_written(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    with opened(path=path) as store:
        with store.engine.writing() as session:
            session.arrival(1)
            store.engine.keep_bodies([body(1)])
            assert StoredWebhooks(store.engine).waiting() == [body(1)]
        with suppress(Unavailable), store.engine.writing() as session:
            session.arrival(1)
            store.engine.keep_bodies([body(2)])
            raise Unavailable("told to fail")
    with opened(path=path) as store:
        assert StoredWebhooks(store.engine).number_waiting() == 2


def test_no_body_is_lost_while_what_was_erased_is_overwritten(tmp_path: Path) -> None:
    numbers, ended = count(), Event()
    with opened(path=tmp_path / "calls.db") as store:

        def keep() -> int:
            while not ended.is_set():
                store.engine.keep_bodies([body(next(numbers))])
            return next(numbers)

        store.send("calls", [{"call_id": "c", "merchant_id": "m"}])
        assert store.erase(("calls", "m", "c")) == [(1, 0)]
        assert oldest_left(store.engine) is not None
        with ThreadPoolExecutor(1) as pool:
            kept = pool.submit(keep)
            try:
                store.maintain()
            finally:
                ended.set()
        assert oldest_left(store.engine) is None
        found = StoredWebhooks(store.engine).number_waiting()
        assert found == kept.result() > 1


def test_what_comes_meanwhile_is_kept_together() -> None:
    writes, durable = Keeping(), list[str]()
    found = Receiver(writes.keep, lambda bodies: durable.extend(one.id for one in bodies))
    first = found.keep(body(0))
    writes.wait()
    others = [found.keep(body(number)) for number in range(1, BURST)]
    assert not first.done()
    writes.let()
    first.result(SECONDS)
    assert durable == ["b0"]
    writes.wait()
    assert not any(one.done() for one in others)
    writes.let()
    for one in others:
        one.result(SECONDS)
    assert [len(one) for one in writes.together] == [1, BURST - 1]
    assert len(durable) == BURST
    last = found.keep(body(BURST))
    writes.let()
    last.result(SECONDS)
    found.stop()
    assert writes.together[2:] == [[f"b{BURST}"]]


def test_nobody_is_told_that_it_is_kept_where_it_is_not() -> None:
    writes, durable, told = Keeping(), list[KeptBody](), list[Exception | None]()
    found = Receiver(writes.keep, durable.extend, lambda _, error: told.append(error))
    full = Unavailable("the disk is full")
    writes.errors.append(full)
    failed = found.keep(body(0))
    writes.wait()
    after = found.keep(body(1)), found.keep(body(2))
    writes.let(2)
    assert failed.exception(SECONDS) is full
    assert [one.result(SECONDS) for one in after] == [None, None]
    found.stop()
    assert [one.id for one in durable] == ["b1", "b2"]
    assert told == [full, None]


def test_one_that_cannot_be_kept_fails_no_others() -> None:
    writes, durable = Keeping(), list[KeptBody]()
    found = Receiver(writes.keep, durable.extend)
    found.keep(body(0))
    writes.wait()
    sent = [found.keep(body(number)) for number in (1, 2, 3)]
    writes.refused = "b2"
    writes.let(9)
    assert [type(one.exception(SECONDS)) for one in sent] == [NoneType, ValueError, NoneType]
    found.stop()
    assert [one.id for one in durable] == ["b0", "b1", "b3"]


def test_what_waits_is_kept_before_the_end_and_nothing_is_taken_after() -> None:
    writes = Keeping()
    found = Receiver(writes.keep, lambda _: None)
    first = found.keep(body(0))
    writes.wait()
    second = found.keep(body(1))
    with ThreadPoolExecutor(1) as pool:
        stopped = pool.submit(found.stop)
        writes.let(2)
        stopped.result(SECONDS)
    assert first.done()
    assert second.done()
    with pytest.raises(Unavailable):
        found.keep(body(2))


def test_no_more_than_fits_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "MAX_BYTES", 10)
    writes = Keeping()
    found = Receiver(writes.keep, lambda _: None)
    first = found.keep(body(0, size=8))
    with pytest.raises(Unavailable):
        found.keep(body(1, size=3))
    writes.let(2)
    first.result(SECONDS)
    found.keep(body(2, size=10)).result(SECONDS)
    found.stop()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_PAUSE", 0)


def test_what_was_there_before_is_settled_first() -> None:
    stored = Stored(*map(body, range(5)))
    found = Worker(stored.settle, stored.waiting)
    assert found.wait()
    assert stored.rounds == [["b0", "b1"], ["b2", "b3"], ["b4"]]
    stored.add(found, body(5))
    assert found.wait()
    found.stop()
    assert not stored.there


def test_what_failed_is_settled_later() -> None:
    stored = Stored()
    found = Worker(stored.settle, stored.waiting)
    assert found.wait()
    stored.failing = 3
    stored.add(found, body(1))
    assert found.wait()
    found.stop()
    assert not stored.there


def test_what_does_not_fit_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_MOST_HELD", 0)
    stored = Stored()
    found = Worker(stored.settle, stored.waiting)
    assert found.wait()
    stored.add(found, *map(body, range(5)))
    assert found.wait()
    found.stop()
    assert not stored.there


def execution(number: int) -> dict[str, Any]:
    return {
        "id": f"c{number}",
        "status": "completed",
        "created_at": "2025-03-01T12:00:00",
        "updated_at": "2025-03-01T12:01:00",
        "conversation_duration": 42,
    }


def test_a_burst_becomes_as_many_calls(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        endpoint = Endpoint(server, "bolna").made["id"]
        bodies = [
            KeptBody(f"b{number}", endpoint, number, "application/json", in_json(**one)[0])
            for number, one in enumerate(map(execution, range(MAPPED)))
        ]
        for done in [webhooks_of(server).keep(one) for one in bodies]:
            done.result()
        settle(server)
        (row,) = server.rows("call_duration")
        assert (row["count"], row["total"]) == (MAPPED, 42 * MAPPED)


def test_no_body_waits_for_records(tmp_path: Path) -> None:
    with gated(tmp_path, ingest_queue=1) as (server, _, gate):
        gate.open()
        endpoint = Endpoint(server, "bolna")
    with gated(tmp_path, ingest_queue=1) as (server, parts, gate):
        endpoint.server = server
        parts.writer.submit(Job())
        gate.wait()
        parts.writer.submit(Job())
        with pytest.raises(Unavailable):
            parts.writer.submit(Job())
        sent = [endpoint.begin(in_json(**execution(number))) for number in range(20)]
        assert {one.result(SECONDS).status_code for one in sent} == {200}
        gate.open()
        settle(server)
        assert server.rows("call_count")[0]["count"] == 20
