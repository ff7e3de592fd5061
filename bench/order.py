"""The order of rows: months sorted upwards, and up and down in turns, in groups of two sizes."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import duckdb

from bench.inprocess import Asking, asking
from bench.population import Population, found_in
from bench.questions import TYPES, stream
from bench.report import Cell, Result, Table
from bench.rivals.dialects import quoted
from bench.run import Run, say
from callistics.sql.dialect import Statement

EACH = 10
_MONTH = "year(started_at) * 12 + month(started_at)"
_UPWARDS = f"{_MONTH}, merchant_id, started_at"
_TURNS = f"""
{_MONTH}, (CASE WHEN month(started_at) % 2 = 1 THEN 1 ELSE -1 END) * place, started_at
"""
# Merchants by number, as texts cannot be sorted downwards by their value.
_NUMBERED = """
SELECT merchant_id, row_number() OVER (ORDER BY merchant_id) AS place
FROM (SELECT DISTINCT merchant_id FROM product.calls)
"""
_WAYS = {
    "upwards": (_UPWARDS, 122_880),
    "up and down in turns": (_TURNS, 122_880),
    "up and down in turns, groups of 61,440 rows": (_TURNS, 61_440),
}


def measure(run: Run) -> Result:
    with asking(run.store) as product:
        people = found_in(product)
        asked = {scope: list(_statements(product, scope, people)) for scope in "CD"}
    rows: list[Sequence[Cell]] = []
    for way, (order, group) in _WAYS.items():
        say(f"sorting {way}")
        path = run.folder("order") / "sorted.db"
        _copy(run.store.path, path, order, group)
        with duckdb.connect(str(path), read_only=True) as connection:
            times = [_cpu(connection, statements) for statements in asked.values()]
        rows.append((way, *times, path.stat().st_size / run.calls))
    columns = ("months sorted", "C: CPU ms", "D: CPU ms", "bytes per call")
    title = "Statements about one merchant's month, mean of the ten types that ask calls alone"
    return Result([Table(title, columns, rows)], ["The table of calls alone, in process."])


def _statements(product: Asking, scope: str, people: Population) -> Iterator[Statement]:
    for name in TYPES:
        for question in islice(stream(scope, name, people), EACH):
            for statement in product.statements(question.body):
                if "leads" not in statement.text:
                    yield statement


def _copy(product: Path, target: Path, order: str, group: int) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {quoted(str(product))} AS product (READ_ONLY)")
        connection.execute(f"ATTACH {quoted(str(target))} AS target (ROW_GROUP_SIZE {group})")
        connection.execute(
            "CREATE TABLE target.calls AS SELECT * EXCLUDE (place)"
            f" FROM product.calls JOIN ({_NUMBERED}) USING (merchant_id) ORDER BY {order}"
        )
        connection.execute("CHECKPOINT target")


def _cpu(connection: duckdb.DuckDBPyConnection, statements: Sequence[Statement]) -> float:
    """Milliseconds of a statement on average, the first round of them left out."""
    began = 0.0
    for _ in range(2):
        began = time.process_time()
        for statement in statements:
            connection.execute(statement.text, list(statement.values)).fetchall()
    return (time.process_time() - began) * 1_000 / len(statements)
