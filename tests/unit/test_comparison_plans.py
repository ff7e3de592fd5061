"""Both sides of a comparison: one state of the records, each planned as a query of its own."""

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from callistics.analytics.batch import Batches
from callistics.analytics.cache import AnswerCache
from callistics.analytics.parse import parse_request
from callistics.analytics.plan import compile_plan, plan_query
from callistics.analytics.service import Analytics
from callistics.catalog.rollups import ROLLUPS
from callistics.engines.base import Engine, SharingLimits, Snapshot
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.model.scope import EVERYTHING
from callistics.queries import registry
from callistics.sql.dialect import SqlRow, Statement
from callistics.sql.selection import Policy
from support.batches import Passing
from support.store import Store, opened

BODY: dict[str, Any] = {
    "query_type": "call_count",
    "filters": {"date_from": "2025-02-01", "date_to": "2025-02-28"},
    "compare": "previous_period",
}
NOW = 1_900_000_000_000_000


class Watched:
    """An engine that notes its statements, and after each does something else."""

    def __init__(self, engine: Engine, after: Callable[[], object] = lambda: None) -> None:
        self._engine, self._after = engine, after
        self.dialect = engine.dialect
        self.states = 0
        self.seen: list[str] = []

    @property
    def data_version(self) -> int | None:
        return self._engine.data_version

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        raise AssertionError(f"no state is kept for {statement.text}")

    @contextmanager
    def reading(self) -> Generator[Snapshot]:
        self.states += 1
        with self._engine.reading() as inner:
            yield _State(inner, self)

    def note(self, statement: Statement) -> None:
        self.seen.append(statement.text)
        self._after()


class _State(Passing):
    def __init__(self, inner: Snapshot, watched: Watched) -> None:
        super().__init__(inner)
        self._watched = watched

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        found = super().run(statement)
        self._watched.note(statement)
        return found

    def keep(self, rows: Statement) -> tuple[str, int]:
        found = super().keep(rows)
        self._watched.note(rows)
        return found


def send(store: Store, call_id: str, start: str) -> None:
    ids = {"call_id": call_id, "merchant_id": "m", "reseller_id": "r"}
    store.send("calls", [{**ids, "started_at": start}])


def test_both_sides_are_of_one_state() -> None:
    with opened() as store:
        send(store, "a", "2025-01-10")

        def move() -> None:
            send(store, "a", "2025-02-10")

        watched = Watched(store.engine, move)
        found = Analytics(watched, Policy(), "UTC").answer(json.dumps(BODY).encode(), EVERYTHING)
        assert found.data == [{"count": 0, "previous.count": 1}]
        assert (watched.states, len(watched.seen)) == (1, 2)
        assert store.ask(BODY)["data"] == [{"count": 1, "previous.count": 0}]


def test_rows_that_are_kept_apart_serve_both_sides() -> None:
    """Two types over two ranges: what matches is looked for once for each range."""
    other = {**BODY, "query_type": "outcome_distribution"}
    with opened() as store:
        send(store, "a", "2025-01-10")
        watched = Watched(store.engine)
        analytics = Analytics(watched, Policy(), "UTC")
        limits = SharingLimits(queries=2, rows=10)
        batches = Batches(analytics, watched, AnswerCache(0), limits)
        batches.answer([BODY, other], EVERYTHING, NOW)
        assert watched.states == 1
        looked = [text for text in watched.seen if "calls AS c" in text]
        assert len(looked) == 2
        assert len(watched.seen) == 6


@pytest.mark.parametrize("query_type", ["call_count", "calls_over_time", "call_duration"])
def test_rollups_serve_each_side(query_type: str) -> None:
    text = json.dumps({**BODY, "query_type": query_type}).encode()
    plan = plan_query(parse_request(text, EVERYTHING, "UTC", NOW), EVERYTHING, Policy())
    assert plan.other is not None
    for side in (plan, plan.other):
        assert "FROM rollup_" in compile_plan(side, DuckDBDialect(), ROLLUPS).text


@pytest.mark.parametrize("query_type", sorted(registry()))
def test_the_other_side_differs_in_its_range_alone(query_type: str) -> None:
    measured = {"measure": "ring"} if registry()[query_type].takes_measure else {}
    filters = {**BODY["filters"], "provider": "A", "status": ["new"]}
    body = {**BODY, "query_type": query_type, "filters": filters, **measured}
    text = json.dumps(body).encode()
    plan = plan_query(parse_request(text, EVERYTHING, "UTC", NOW), EVERYTHING, Policy())
    assert plan.other is not None
    both = [compile_plan(side, DuckDBDialect()) for side in (plan, plan.other)]
    assert both[0].text == both[1].text
    assert both[0].values != both[1].values
    before = json.dumps({**body, "filters": {**filters, **JANUARY}, "compare": None}).encode()
    alone = plan_query(parse_request(before, EVERYTHING, "UTC", NOW), EVERYTHING, Policy())
    assert compile_plan(alone, DuckDBDialect()) == both[1]


JANUARY = {"date_from": "2025-01-01", "date_to": "2025-01-31"}
