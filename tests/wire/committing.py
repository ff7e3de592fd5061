"""Helpers: a commit with every insert there is, and all that is answered and stored after it."""

from typing import Any

from callistics.ingest.commit import process
from callistics.ingest.job import Job
from support.engines import RECORDS
from support.store import Store
from support.wired import Wire

Requests = list[tuple[str, list[dict[str, Any]]]]
INSERT = "^INSERT INTO `(?!wanted)"
TRIES = 3
# A commit with every insert there is: a call that waited for its lead and time now counts, which
# makes the attempts of its lead's other calls different, one more waits, and a lead changes.
CALL = {"merchant_id": "m", "reseller_id": "r", "updated_at": "2021-02-01T00:00:00Z"}


def before(merchant: str) -> Requests:
    """What a merchant has before the change."""
    call = CALL | {"merchant_id": merchant, "outcome": "BUSY", "lead_id": "L"}
    return [
        ("calls", [*(call | {"call_id": f"c{day}", "started_at": f"2021-01-0{day}", "duration": day}
                     for day in (2, 3)),
                   {"call_id": "held", "merchant_id": merchant, "lead_id": "L", "outcome": "SALE",
                    "updated_at": "2021-02-01T00:00:00Z"}]),
        ("leads", [{"lead_id": "L", "merchant_id": merchant, "reseller_id": "r", "status": "new",
                    "created_at": "2021-01-01", "payload": {"city": "Oslo"},
                    "updated_at": "2021-01-01T00:00:00Z"}]),
    ]  # fmt: skip


def change(merchant: str) -> Requests:
    """The change of a merchant's records."""
    call = CALL | {"merchant_id": merchant}
    return [
        ("calls", [call | {"call_id": "held", "started_at": "2021-01-01"},
                   call | {"call_id": "new", "started_at": "2021-01-04", "lead_id": "M"},
                   {"call_id": "waits", "merchant_id": merchant,
                    "updated_at": "2021-02-01T00:00:00Z"}]),
        ("leads", [{"lead_id": "L", "merchant_id": merchant, "status": "won",
                    "payload": {"city": "Rome"}, "updated_at": "2021-01-05T00:00:00Z"}]),
    ]  # fmt: skip


def later(*merchants: str) -> Requests:
    """A call of each merchant, after the change."""
    call = CALL | {"call_id": "later", "started_at": "2021-01-05", "lead_id": "L"}
    return [("calls", [call | {"merchant_id": merchant} for merchant in merchants])]


QUESTIONS: tuple[dict[str, Any], ...] = (
    {"query_type": "call_count"},
    {"query_type": "call_duration"},
    {"query_type": "outcome_distribution"},
    {"query_type": "status_distribution"},
    {"query_type": "retry_analysis"},
    {"query_type": "call_count", "filters": {"payload_filters": {"city": "Rome"}}},
)
# How the records of a commit arrive says nothing about them; how often one was sent may differ.
OF_ARRIVAL = ("first_seen", "field_times")


def state(store: Store) -> list[object]:
    """All that is stored, and what is answered from it."""
    dumps = [
        {name: value for name, value in row.items() if name not in OF_ARRIVAL}
        for table in RECORDS
        for row in store.dump(table)
    ]
    return [*dumps, *(store.rows(**question) for question in QUESTIONS)]


def commit(store: Store, requests: Requests) -> None:
    """A commit that, unlike the writer's, is not tried again request by request."""
    jobs = [Job(store.write(*request)) for request in requests]
    with store.engine.writing() as session:
        process(session, jobs)


def begin(store: Store, wire: Wire, *merchants: str) -> None:
    """A store with nothing but what these merchants had before."""
    wire.reset()
    store.clear()
    commit(store, [request for one in merchants for request in before(one)])
    wire.reset()
