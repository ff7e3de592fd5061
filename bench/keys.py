"""Filtering by a key of the payload: one that most payloads have, and one that none has."""

import time

from bench.report import Result, Table, percentile
from bench.run import Run
from callistics.catalog.payload_conditions import payload_condition
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.model.query import OneOf, Query
from callistics.model.scope import EVERYTHING
from callistics.model.zones import zone
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql, compose
from callistics.sql.selection import Frame, Policy, Selection, Unit

TIMES = 7
_ANY = Query("call_count", zone("UTC"))
KEYS = {"most have": "city", "none has": "postal_code"}


def measure(run: Run) -> Result:
    engine = DuckDBEngine(run.store.path, readers=1)
    try:
        rows = [(name, *_compared(engine, key)) for name, key in KEYS.items()]
    finally:
        engine.close()
    columns = ("a key that", "keys known, ms", "any key looked for, ms", "ratio")
    title = "Counting calls by one value of a key"
    return Result([Table(title, columns, rows)], [f"{TIMES} times each, by turns, in process."])


def _compared(engine: DuckDBEngine, key: str) -> tuple[float, float, float]:
    waited: dict[str, list[float]] = {"known": [], "any": []}
    dialects = {"known": engine.dialect, "any": DuckDBDialect()}
    for number in range(TIMES + 1):
        for name, dialect in dialects.items():
            statement = dialect.render(
                compose("SELECT count(*) FROM calls AS c WHERE {}", _condition(dialect, key))
            )
            started = time.perf_counter()
            engine.run(statement)
            if number:
                waited[name].append((time.perf_counter() - started) * 1000)
    known, whatever = (percentile(times, 50) for times in waited.values())
    return known, whatever, whatever / known


def _condition(dialect: Dialect, key: str) -> Sql:
    selection = Selection(_ANY, EVERYTHING, Policy(), Unit.CALLS, None, None)
    return payload_condition(Frame(selection, dialect), key, [OneOf(("Delhi",), null=False)])
