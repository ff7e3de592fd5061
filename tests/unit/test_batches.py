"""A batch sees one state, asks once, and keeps what goes wrong with one query apart."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from callistics.analytics.batch import Answered, Result
from callistics.engines.base import SharingLimits
from callistics.engines.clickhouse.commit_gate import CommitGate
from callistics.errors import TimedOut
from callistics.sql.dialect import Statement
from support.batches import NEVER, Asking
from support.engines import ENGINES
from support.store import Store, lent

ALWAYS = SharingLimits(queries=1, rows=1_000)
COUNT: dict[str, Any] = {"query_type": "call_count"}
OUTCOMES: dict[str, Any] = {"query_type": "outcome_distribution"}
LEADS: dict[str, Any] = {"query_type": "status_distribution"}
SERIES: dict[str, Any] = {"query_type": "calls_over_time"}


def call(call_id: str) -> dict[str, Any]:
    ids = {"call_id": call_id, "merchant_id": "m", "reseller_id": "r"}
    return {**ids, "started_at": "2025-01-01T10:00:00Z", "outcome": "OK"}


def rows(result: Result) -> Any:
    assert isinstance(result, Answered), result
    return json.loads(result.kept.answer)["data"]


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with lent(request.param) as found:
        found.send("calls", [call("a")])
        yield found


@pytest.fixture
def duckdb() -> Iterator[Store]:
    with lent() as found:
        found.send("calls", [call("a")])
        yield found


@pytest.mark.parametrize("sharing", [ALWAYS, NEVER])
def test_all_answers_are_of_one_state(store: Store, sharing: SharingLimits) -> None:
    asking = Asking(store, sharing)
    sender = threading.Thread(target=store.send, args=("calls", [call("b")]))

    def before(statement: Statement) -> Statement:
        if sender.ident is None:
            sender.start()
            if store.name == "duckdb":
                # Elsewhere records wait until the batch is answered.
                sender.join()
        return statement

    asking.before = before
    found = asking.ask(OUTCOMES, COUNT, LEADS, {**COUNT, "filters": {"outcome": "OK"}})
    sender.join()
    assert [rows(one)[0]["count"] for one in found] == [1, 1, 1, 1]
    assert rows(asking.ask(COUNT)[0]) == [{"count": 2}]


def fails(statement: Statement) -> bool:
    return "k0" in statement.text


def test_a_query_that_fails_leaves_the_others_alone(store: Store) -> None:
    asking = Asking(store)
    asking.before = lambda one: Statement("SELECT nothing", ()) if fails(one) else one
    first, failed, last = asking.ask(COUNT, OUTCOMES, {**COUNT, "filters": {"outcome": "OK"}})
    assert rows(first) == rows(last) == [{"count": 1}]
    assert isinstance(failed, Exception)


def test_a_state_that_is_lost_is_not_mixed_with_the_next(duckdb: Store) -> None:
    asking = Asking(duckdb)

    def before(statement: Statement) -> Statement:
        if not fails(statement):
            return statement
        duckdb.send("calls", [call("b")])
        return Statement("SELECT nothing", ())

    asking.before = before
    first, failed, last = asking.ask(COUNT, OUTCOMES, {**COUNT, "filters": {"outcome": "OK"}})
    assert isinstance(failed, Exception)
    assert rows(first) == rows(last) == [{"count": 2}]


def test_a_state_that_is_lost_and_the_same_again_is_gone_on_with(duckdb: Store) -> None:
    asking = Asking(duckdb)
    asking.before = lambda one: Statement("SELECT nothing", ()) if fails(one) else one
    asking.ask(COUNT, OUTCOMES, {**COUNT, "filters": {"outcome": "OK"}})
    assert asking.states == 2
    assert len(asking.seen) == 3


def test_rows_that_take_too_long_to_keep_are_not_shared(store: Store) -> None:
    asking = Asking(store, ALWAYS)

    def before(statement: Statement) -> Statement:
        if "LIMIT 1001" in statement.text:
            raise TimedOut("too long")
        return statement

    asking.before = before
    assert [rows(one)[0]["count"] for one in asking.ask(COUNT, OUTCOMES)] == [1, 1]


def test_queries_with_the_same_filters_share_what_they_match(store: Store) -> None:
    filters = {"filters": {"outcome": "OK", "date_from": "2025-01-01"}}
    same = {"filters": {"date_from": "2025-01-01T00:00:00Z", "outcome": ["OK"]}}
    asking = Asking(store, ALWAYS)
    asking.ask({**COUNT, **filters}, {**OUTCOMES, **same}, {**SERIES, **filters}, LEADS)
    kept, *others = [text for text in asking.seen if "FROM calls AS c" in text]
    assert "LIMIT 1001" in kept
    assert not others


def test_dates_that_test_another_time_match_other_records(store: Store) -> None:
    asking = Asking(store, ALWAYS)
    dated = {"filters": {"date_from": "2025-01-01T10:00:01Z", "date_to": "2025-01-01T11:00:00Z"}}
    store.send("calls", [{**call("long"), "duration": 60}])
    count, under_way = asking.ask({**COUNT, **dated}, {"query_type": "concurrency", **dated})
    assert rows(count) == [{"count": 0}]
    assert [row["peak"] for row in rows(under_way)] == [1]


def test_a_payload_is_not_copied(store: Store) -> None:
    asking = Asking(store, ALWAYS)
    grouped = {**COUNT, "group_by": ["payload.city"]}
    asking.ask(COUNT, OUTCOMES, grouped)
    kept = next(text for text in asking.seen if "LIMIT 1001" in text)
    assert "payload" not in kept


def test_what_is_kept_is_copied_in_any_order_and_nothing_else_is(duckdb: Store) -> None:
    how = Statement("SELECT current_setting('preserve_insertion_order')", ())
    with duckdb.engine.reading() as snapshot:
        snapshot.keep(Statement("SELECT 1 AS one", ()))
        assert list(snapshot.run(how)) == [(False,)]
    with duckdb.engine.reading() as snapshot:
        assert list(snapshot.run(how)) == [(True,)]


def test_what_is_equal_is_asked_once(store: Store) -> None:
    asking = Asking(store)
    again = {"filters": {}, **COUNT, "page_size": 1_000}
    found = asking.ask(COUNT, COUNT, again, {**COUNT, "page": 2})
    assert [rows(one) for one in found] == [[{"count": 1}]] * 3 + [[]]
    assert len(asking.seen) == 1


def test_open_ends_are_looked_for_once(store: Store) -> None:
    asking = Asking(store)
    asking.ask(SERIES, {"query_type": "calls_over_time", "granularity": "hour"})
    assert sum("min(" in text for text in asking.seen) == 1


def test_kept_answers_serve_until_a_record_changes(duckdb: Store) -> None:
    asking = Asking(duckdb)
    asking.ask(COUNT)
    assert len(asking.seen) == 1
    assert [rows(one)[0]["count"] for one in asking.ask(COUNT, OUTCOMES)] == [1, 1]
    assert len(asking.seen) == 1
    asking.ask(OUTCOMES, COUNT)
    assert (asking.seen, asking.states) == ([], 0)
    duckdb.send("calls", [call("b")])
    assert [rows(one)[0]["count"] for one in asking.ask(COUNT, OUTCOMES)] == [2, 2]


def test_a_commit_waits_for_who_reads() -> None:
    gate, done = CommitGate(600), threading.Event()
    writer = threading.Thread(target=lambda: _commit(gate, done))
    with gate.reading() as seen:
        writer.start()
        assert not done.is_set()
        assert gate.commits == seen
    writer.join()
    assert done.is_set()
    assert gate.commits == seen + 1


def test_a_commit_that_waited_long_enough_overtakes() -> None:
    gate, done = CommitGate(0), threading.Event()
    with gate.reading() as seen:
        _commit(gate, done)
        assert gate.commits == seen + 1
    with gate.reading() as later:
        assert later == gate.commits


def _commit(gate: CommitGate, done: threading.Event) -> None:
    with gate.committing():
        done.set()
