"""No more bodies of webhooks are kept, read or settled together than may be in memory at once."""

import random
from dataclasses import replace

import pytest

from callistics.model.webhooks import BodyResult, BodyState, KeptBody, WebhookChanges
from callistics.webhooks.receiver import Receiver
from callistics.webhooks.stored import StoredWebhooks
from callistics.webhooks.within import BYTES_AT_A_TIME
from callistics.webhooks.worker import Worker
from support.gate import SECONDS
from support.keeping import Keeping, Stored, body
from support.store import opened


def test_no_more_than_fits_is_kept_together() -> None:
    writes = Keeping()
    found = Receiver(writes.keep, lambda _: None)
    sizes = [1, BYTES_AT_A_TIME // 2, BYTES_AT_A_TIME // 2, 1, 2 * BYTES_AT_A_TIME, 1]
    sent = [found.keep(body(0))]
    writes.wait()
    sent += [found.keep(body(number, size)) for number, size in enumerate(sizes, 1)]
    writes.let(9)
    for one in sent:
        one.result(SECONDS)
    found.stop()
    assert writes.together == [["b0"], ["b1", "b2"], ["b3", "b4"], ["b5"], ["b6"]]


@pytest.mark.parametrize("engine", ["duckdb", "chdb"])
@pytest.mark.parametrize("packs", [True, False])
def test_no_more_than_fits_is_read_at_once(engine: str, packs: bool) -> None:
    size = BYTES_AT_A_TIME * 2 // 5
    content = b" " * size if packs else random.Random(1).randbytes(size)
    sent = [replace(body(number), body=content) for number in range(4)]
    huge = body(5, 2 * BYTES_AT_A_TIME)
    with opened(engine) as store:
        stored = StoredWebhooks(store.engine)
        store.engine.keep_bodies(sent)
        assert stored.waiting() == sent[:2]
        with store.engine.writing() as session:
            session.save_webhooks(WebhookChanges(results=list(map(settled, sent[:3]))))
        assert stored.waiting() == sent[3:]
        store.engine.keep_bodies([huge])
        assert stored.waiting() == sent[3:]
        with store.engine.writing() as session:
            session.save_webhooks(WebhookChanges(results=[settled(sent[3])]))
        assert stored.waiting() == [huge]


def settled(one: KeptBody) -> BodyResult:
    return BodyResult(one.id, one.received_at, BodyState.MAPPED)


def test_no_more_than_fits_is_settled_together() -> None:
    stored = Stored()
    found = Worker(stored.settle, stored.waiting)
    assert found.wait()
    sizes = [1, BYTES_AT_A_TIME // 2, BYTES_AT_A_TIME // 2, 1, 2 * BYTES_AT_A_TIME, 1]
    stored.add(found, *(body(number, size) for number, size in enumerate(sizes)))
    assert found.wait()
    found.stop()
    assert stored.rounds == [["b0", "b1"], ["b2", "b3"], ["b4"], ["b5"]]
