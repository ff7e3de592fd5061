"""Roll-ups: the same questions asked of them and of the records."""

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from bench.questions import TYPES
from bench.report import Cell, Result, Table
from bench.run import Run
from callistics.analytics.service import Analytics
from callistics.catalog.rollups import ROLLUPS
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.model.scope import EVERYTHING
from callistics.sql.dialect import Statement
from callistics.sql.selection import Policy

TIMES = 9
_MONTH = {"date_from": "2025-10-01", "date_to": "2025-10-31"}
_RESELLER = "SELECT reseller_id FROM calls GROUP BY ALL ORDER BY count(*) DESC LIMIT 1 OFFSET 12"


def measure(run: Run) -> Result:
    engine = DuckDBEngine(run.store.path, readers=1)
    try:
        while engine.maintain():
            pass
        tables = [_questions(engine, title, body) for title, body in _scopes(engine)]
        return Result([*tables, _sizes(engine)], [f"Medians of {TIMES}, by turns, in process."])
    finally:
        engine.close()


def _scopes(engine: DuckDBEngine) -> Iterator[tuple[str, dict[str, Any]]]:
    ((reseller,),) = engine.run(Statement(_RESELLER, ()))
    yield "whole platform, all time", {}
    kolkata = {"filters": _MONTH, "timezone": "Asia/Kolkata"}
    yield "whole platform, one month of Kolkata's clocks", kolkata
    yield "whole platform, all time, one provider", {"filters": {"provider": "TWILIO"}}
    yield "one reseller, all time", {"filters": {"reseller_id": reseller}}


def _questions(engine: DuckDBEngine, title: str, body: dict[str, Any]) -> Table:
    rows: list[Sequence[Cell]] = []
    for name in TYPES:
        records, rolled = _timed(engine, msgspec.json.encode({"query_type": name, **body}))
        rows.append((name, records, rolled, records / rolled))
    columns = ("query type", "records, ms", "roll-ups, ms", "ratio")
    return Table(f"{title}: the statements alone", columns, rows)


def _timed(engine: DuckDBEngine, body: bytes) -> tuple[float, float]:
    """Median ms from the records, and from roll-ups."""
    ways = [Analytics(engine, Policy(), "UTC", offered) for offered in ((), engine.rollups)]
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(TIMES):
        for way, times in zip(ways, taken, strict=True):
            times.append(way.timed(body, EVERYTHING)[1] * 1000)
    return statistics.median(taken[0]), statistics.median(taken[1])


def _sizes(engine: DuckDBEngine) -> Table:
    names = ["calls", "leads", *(one.table(step) for one in ROLLUPS for step in one.steps)]
    rows: list[Sequence[Cell]] = []
    for name in names:
        ((count,),) = engine.run(Statement(f"SELECT count(*) FROM {name}", ()))
        rows.append((name, int(count or 0)))
    return Table("Rows", ("table", "rows"), rows)
