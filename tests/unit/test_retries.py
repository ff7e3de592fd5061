"""Requests with an idempotency key: each is applied once, and its receipt comes back."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from callistics.errors import NOTHING, Problem, ProblemKind, Refused
from callistics.ingest.commit import in_parts, process
from callistics.ingest.job import IdempotentRequest, Job
from callistics.ingest.kept_receipts import from_text, naming, to_text
from callistics.ingest.receipt import Receipt, Rejected, Repeated, Waiting
from support.store import Store, opened, receipt_of

CALL = {
    "call_id": "c",
    "merchant_id": "m",
    "reseller_id": "r",
    "started_at": "2025-01-15T09:30:00Z",
}


def rejected(message: str, value: object) -> Rejected:
    return Rejected(0, (Problem(ProblemKind.INVALID, "/0", message, value),))


@pytest.fixture
def store() -> Iterator[Store]:
    with opened() as found:
        yield found


def request(store: Store, name: str | None, body: str = "body", **fields: Any) -> Job:
    asked = None if name is None else IdempotentRequest("key", name, body)
    return Job(store.write("calls", [{**CALL, **fields}]), asked)


def test_no_part_of_a_commit_has_a_key_twice(store: Store) -> None:
    jobs = [request(store, name) for name in ("a", None, "b", "a", "b", "a", None)]
    parts = list(in_parts(jobs))
    assert [job for part in parts for job in part] == jobs
    for part in parts:
        names = [job.idempotency.name for job in part if job.idempotency is not None]
        assert len(names) == len(set(names))


def test_a_key_that_comes_twice_at_once_is_applied_once(store: Store) -> None:
    # Without a time of its own a record that is applied again would win over those between.
    first, between, again = (
        request(store, "a", outcome="first"),
        request(store, None, outcome="between"),
        request(store, "a", outcome="first"),
    )
    other = request(store, "a", "another body")
    store.writer.commit([first, between, again, other])
    assert again.done.result() == Repeated(receipt_of(first))
    assert receipt_of(first).stored == receipt_of(between).stored == 1
    assert [row["outcome"] for row in store.rows("outcome_distribution")] == ["between"]
    with pytest.raises(Refused, match="another request"):
        other.done.result()


def test_nothing_is_heard_of_a_commit_that_failed(store: Store) -> None:
    heard = store.engine.data_version
    store.send("calls", [{**CALL, "call_id": "before"}])
    before = store.engine.data_version
    assert before != heard
    job = request(store, "a")
    with suppress(ZeroDivisionError), store.engine.writing() as session:
        process(session, [job])
        raise ZeroDivisionError
    assert store.engine.data_version == before
    assert store.rows("call_count") == [{"count": 1}]
    assert not job.done.done()
    again = request(store, "a")
    store.writer.commit([again])
    assert receipt_of(again).stored == 1


def test_a_receipt_comes_back_as_it_was_kept() -> None:
    problems = (
        Problem(ProblemKind.MALFORMED, "/1/x", "unknown", {"a": [1, None]}),
        Problem(ProblemKind.FORBIDDEN, "/1/lead_id", "outside", "l"),
        Problem(ProblemKind.INVALID, "/1", "no", NOTHING),
        Problem(ProblemKind.INVALID, "/1/y", "no", None),
    )
    waiting = (Waiting(0, ("m", "c"), ("started_at",)),)
    receipt = Receipt(4, 1, 1, 1, (Rejected(1, problems),), waiting)
    assert from_text(to_text(receipt)) == receipt


def test_what_earlier_versions_kept_is_read() -> None:
    text = (
        b'{"received":3,"stored":1,"unchanged":0,"pending":1,"rejected":[{"index":1,"errors":'
        b'[{"pointer":"/1/attempt","message":"must be a number","value":"x"}]}],'
        b'"missing":[{"index":2,"id":"c","fields":["started_at"]}]}'
    )
    problem = Problem(ProblemKind.INVALID, "/1/attempt", "must be a number", "x")
    waiting = (Waiting(2, ("", "c"), ("started_at",)),)
    assert from_text(text) == Receipt(3, 1, 0, 1, (Rejected(1, (problem,)),), waiting)


@pytest.mark.parametrize(
    ("receipt", "names"),
    [
        (Receipt(1, 0, 0, 1, (), (Waiting(0, ("m", "c"), ("started_at",)),)), True),
        (Receipt(1, 0, 0, 1, (), (Waiting(0, ("other", "c"), ("started_at",)),)), False),
        (Receipt(1, 0, 0, 1, (), (Waiting(0, ("", "c"), ("started_at",)),)), True),
        (Receipt(1, 0, 0, 0, (rejected("no", "c"),)), True),
        (Receipt(1, 0, 0, 0, (rejected('belongs to "c"', "x"),)), True),
        (Receipt(1, 0, 0, 0, (rejected("a call cannot", "cc"),)), False),
    ],
)
def test_of_what_is_erased_no_receipt_is_kept_and_others_are(receipt: Receipt, names: bool) -> None:
    assert naming({("m", "c")})(to_text(receipt)) is names


@pytest.mark.parametrize("identity", ["+4911 (x)", ".*", "ü", "-"])
def test_an_id_of_any_letters_is_found(identity: str) -> None:
    receipt = Receipt(1, 0, 0, 0, (rejected(f"no {identity}, no", None),))
    assert naming({("m", identity)})(to_text(receipt))
    assert not naming({("m", identity)})(to_text(Receipt(1, 0, 0, 0, (rejected("no", None),))))
