"""Requests of several keys in one commit: whose a lead is, as one after the other is taken."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from callistics.ingest.job import Job
from callistics.model.scope import EVERYTHING, Scope
from support.store import Store, opened, receipt_of

A = Scope(reseller_ids=frozenset({"ra"}))
B = Scope(reseller_ids=frozenset({"rb"}))
LEAD = {"lead_id": "l", "merchant_id": "m"}


@pytest.fixture
def store() -> Iterator[Store]:
    with opened() as found:
        yield found


def call(name: str, reseller: str, **fields: Any) -> dict[str, Any]:
    start = {"started_at": "2025-01-15T09:30:00Z"}
    return {"call_id": name, "reseller_id": reseller, **LEAD, **start, **fields}


def rejected(
    store: Store, *requests: tuple[str, Scope, Mapping[str, Any]], skip: bool = False
) -> list[list[str]]:
    """The pointers that each of the requests of one commit was refused for."""
    jobs = [Job(store.write(kind, [record], scope, skip=skip)) for kind, scope, record in requests]
    store.writer.commit(jobs)
    return [
        [problem.pointer for bad in receipt.rejected for problem in bad.problems]
        for receipt in map(receipt_of, jobs)
    ]


def test_the_first_to_bring_a_lead_about_has_it(store: Store) -> None:
    found = rejected(
        store,
        ("calls", B, call("b1", "rb")),
        ("calls", A, call("a1", "ra")),
        ("leads", A, {**LEAD, "reseller_id": "ra"}),
        ("calls", B, call("b2", "rb")),
        ("calls", EVERYTHING, call("a2", "ra")),
    )
    assert found == [[], ["/0/lead_id"], ["/0/lead_id"], [], []]
    assert store.rows("call_count") == [{"count": 3}]


def test_a_lead_of_its_own_record_is_known_to_the_calls_behind_it(store: Store) -> None:
    found = rejected(
        store,
        ("leads", EVERYTHING, {**LEAD, "reseller_id": "rb"}),
        ("calls", A, call("a1", "ra")),
        ("calls", B, call("b1", "rb")),
    )
    assert found == [[], ["/0/lead_id"], []]


def test_a_refused_request_brings_nothing_about(store: Store) -> None:
    assert rejected(store, ("calls", EVERYTHING, call("other", "rb", lead_id="x"))) == [[]]
    found = rejected(
        store,
        ("calls", B, call("b1", "ra")),
        ("calls", EVERYTHING, call("b2", "rb", test=True)),
        ("calls", A, call("a1", "ra")),
        ("calls", A, call("a2", "ra", lead_id="x")),
    )
    assert found == [["/0/reseller_id"], [], [], ["/0/lead_id"]]


def test_a_call_moved_by_another_key_is_judged_where_it_is(store: Store) -> None:
    assert rejected(store, ("calls", A, call("a1", "ra", lead_id="mine"))) == [[]]
    assert rejected(store, ("calls", B, call("b1", "rb"))) == [[]]
    found = rejected(
        store,
        ("calls", EVERYTHING, {"call_id": "a1", **LEAD}),
        ("calls", A, {"call_id": "a1", "merchant_id": "m", "status": "taken"}),
    )
    assert found == [[], ["/0/lead_id"]]
    assert store.rows("status_distribution")[0]["status"] is None
