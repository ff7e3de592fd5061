"""What is committed together lies in the order that rows are kept in, and sums need no merging."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from callistics.engines.duckdb import row_order
from callistics.engines.duckdb.rollups import refresh
from callistics.engines.duckdb.tuning import Tuning
from callistics.sql.dialect import Statement
from support import inside
from support.engines import ROLLUP_TABLES
from support.store import Store, opened

EAGER = Tuning(rows_out_of_order=2, changes_refreshed=1, loose_parts_merged=1)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(row_order, "_FEW", 0)
    monkeypatch.setattr(refresh, "_MANY", 1)
    with opened(tuning=EAGER) as found:
        found.block = 1
        yield found


def call(number: int, month: int) -> dict[str, Any]:
    return {
        "call_id": f"c{month}-{number}",
        "lead_id": f"l{month}-{number % 20}",
        "merchant_id": f"m{number % 3}",
        "reseller_id": f"r{number % 2}",
        "started_at": f"2025-{month:02}-{number % 28 + 1:02}T{number % 24:02}:00:00Z",
        "outcome": ("BUSY", "CONFIRMED")[number % 2],
        "duration": number,
        "updated_at": "2025-06-01T00:00:00Z",
    }


def lying(store: Store, table: str, time: str) -> list[Any]:
    """Month and merchant of the stretches that the rows lie in."""
    sql = f"SELECT month({time}), merchant_id FROM {table} ORDER BY rowid"  # noqa: S608
    rows = store.engine.run(Statement(sql, ()))
    return [one for before, one in pairwise((None, *rows)) if before != one]


def parts(store: Store) -> int:
    tables = [table for table in ROLLUP_TABLES if not table.endswith("_changes")]
    counts = (f"SELECT count(*) AS n FROM {table} WHERE NOT merged" for table in tables)  # noqa: S608
    ((found,),) = inside.execute(
        store.engine,
        f"SELECT sum(n) FROM ({' UNION ALL '.join(counts)})",  # noqa: S608
    )
    return int(found)


def test_a_commit_needs_no_clustering(store: Store) -> None:
    store.send("calls", [call(number, month) for number in range(60) for month in (1, 2)])
    expected = [(1, "m0"), (1, "m1"), (1, "m2"), (2, "m2"), (2, "m1"), (2, "m0")]
    assert lying(store, "calls", "started_at") == expected
    assert {one[0] for one in lying(store, "leads", "created_at")} == {1, 2}
    before = store.dump("calls")
    store.maintain()
    assert lying(store, "calls", "started_at") == expected
    assert store.dump("calls") == before


def test_days_that_a_refresh_is_the_first_to_sum_up_have_whole_sums(store: Store) -> None:
    store.send("calls", [call(number, 1) for number in range(60)])
    for _ in range(2):
        # One piece of work for calls, one for leads: none is left for merging parts.
        assert store.engine.maintain()
    assert parts(store) == 0
    store.send("calls", [call(number, month) for number in (61, 62) for month in (1, 2)])
    for _ in range(2):
        store.engine.maintain()
    assert parts(store) > 0
    sums = [sorted(map(repr, store.rows("outcome_distribution", **body))) for body in BODIES]
    store.maintain()
    assert sums == [sorted(map(repr, store.rows("outcome_distribution", **one))) for one in BODIES]
    store.engine.rebuild()
    assert sums == [sorted(map(repr, store.rows("outcome_distribution", **one))) for one in BODIES]


BODIES: list[dict[str, Any]] = [{}, {"filters": {"reseller_id": ["r1"]}}]
