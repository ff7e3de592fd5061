"""Bodies are kept together, mapped after that, and again where the engine failed."""

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from callistics.errors import Unavailable
from callistics.ingest.job import Job, Result
from callistics.model.webhooks import KeptBody, WebhookChanges
from callistics.webhooks import receiver, worker
from callistics.webhooks.receiver import Receiver
from callistics.webhooks.worker import Worker
from support.gate import gated, until
from support.server import serving
from support.store import opened
from support.webhook_events import in_json
from support.webhook_server import Endpoint, settle, webhooks_of

BURST, MAPPED = 5_000, 1_200


def body(number: int, size: int = 2) -> KeptBody:
    return KeptBody(f"b{number}", "e", number, "application/json", b" " * size)


class Writes:
    """Takes jobs, to be ended by a test."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.stopping = False

    def submit(self, job: Job) -> "Future[Result]":
        if self.stopping:
            raise Unavailable("the server is stopping")
        self.jobs.append(job)
        return job.done

    @property
    def sizes(self) -> list[int]:
        return [len(job.webhooks.bodies) for job in self.jobs if job.webhooks is not None]


def test_a_body_that_is_kept_changes_no_answer() -> None:
    with opened("duckdb") as store:
        before = store.engine.data_version
        store.writer.commit([Job(webhooks=WebhookChanges(bodies=[body(1)]))])
        assert store.engine.data_version == before
        store.send("calls", [{"call_id": "c", "merchant_id": "m"}])
        assert store.engine.data_version != before


def test_what_comes_meanwhile_is_kept_together() -> None:
    writes, durable = Writes(), list[str]()
    found = Receiver(writes.submit, lambda bodies: durable.extend(one.id for one in bodies))
    first = found.keep(body(0))
    others = [found.keep(body(number)) for number in range(1, BURST)]
    assert writes.sizes == [1]
    assert not first.done()
    writes.jobs[0].done.set_result(None)
    assert first.done()
    assert writes.sizes == [1, BURST - 1]
    assert durable == ["b0"]
    writes.jobs[1].done.set_result(None)
    assert all(one.done() for one in others)
    assert len(durable) == BURST
    found.keep(body(BURST))
    assert writes.sizes == [1, BURST - 1, 1]


def test_nobody_is_told_that_it_is_kept_where_it_is_not() -> None:
    writes, durable = Writes(), list[KeptBody]()
    found = Receiver(writes.submit, durable.extend)
    failed, after = found.keep(body(0)), found.keep(body(1))
    writes.jobs[0].done.set_exception(Unavailable("the disk is full"))
    assert isinstance(failed.exception(), Unavailable)
    writes.stopping = True
    refused = found.keep(body(2))
    writes.jobs[1].done.set_result(None)
    assert after.exception() is None
    assert isinstance(refused.exception(), Unavailable)
    assert [one.id for one in durable] == ["b1"]


def test_no_more_than_fits_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "MAX_BYTES", 10)
    writes = Writes()
    found = Receiver(writes.submit, lambda _: None)
    found.keep(body(0, size=8))
    with pytest.raises(Unavailable):
        found.keep(body(1, size=3))
    writes.jobs[0].done.set_result(None)
    found.keep(body(2, size=10))


class Stored:
    """What is durable and not settled yet; settling fails as often as it is told to."""

    def __init__(self, *there: KeptBody) -> None:
        self.there = {one.id: one for one in there}
        self.rounds: list[list[str]] = []
        self.failing = 0

    def settle(self, bodies: Sequence[KeptBody]) -> None:
        if self.failing:
            self.failing -= 1
            raise Unavailable("told to fail")
        self.rounds.append([one.id for one in bodies])
        for one in bodies:
            self.there.pop(one.id, None)

    def waiting(self) -> list[KeptBody]:
        return list(self.there.values())[:2]

    def add(self, found: Worker, *bodies: KeptBody) -> None:
        self.there |= {one.id: one for one in bodies}
        found.add(bodies)


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


def test_a_full_queue_of_records_keeps_no_webhook_out(tmp_path: Path) -> None:
    with gated(tmp_path, ingest_queue=1) as (server, parts, gate):
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
        until(lambda: parts.writer.waiting == 2)
        gate.open()
        assert {one.result().status_code for one in sent} == {200}
        settle(server)
        assert server.rows("call_count")[0]["count"] == 20
