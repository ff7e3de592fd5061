"""Raw calls in DuckDB: a file of their own, made of the product's, and asked in process."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from bench.rivals.dialects import quoted

COLUMNS = {
    "call_id": "call_id",
    "merchant_id": "merchant_id",
    "reseller_id": "reseller_id",
    "template_id": "template_id",
    "lead_id": "lead_id",
    "provider": "provider",
    "direction": "direction",
    "attempt": "attempt",
    "outcome": "outcome",
    "sentiment": "sentiment",
    "started_at": "started_at",
    "duration_ms": "duration_ms",
    # A synthetic call brings one status at most.
    "status": "events[1].status",
    "payload": "payload",
}
"""The columns, each with what it is made of in the product's table of calls."""


def build(product: Path, target: Path) -> None:
    """Write the raw calls to a file of their own, ordered by month and merchant."""
    target.unlink(missing_ok=True)
    chosen = ", ".join(f"{source} AS {name}" for name, source in COLUMNS.items())
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"ATTACH {quoted(str(product))} AS product (READ_ONLY)")
        connection.execute(
            f"CREATE TABLE calls AS SELECT {chosen} FROM product.calls"
            " ORDER BY date_trunc('month', started_at), merchant_id, started_at"
        )
        connection.execute("CHECKPOINT")


class Raw:
    """The open file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, sql: str) -> tuple[float, list[tuple[Any, ...]]]:
        """Milliseconds until all rows are there, and the rows."""
        started = time.perf_counter()
        rows: list[tuple[Any, ...]] = self._connection.execute(sql).fetchall()
        return (time.perf_counter() - started) * 1000, rows


@contextmanager
def opened(path: Path) -> Generator[Raw]:
    """The file that `build` has made, with DuckDB's own settings."""
    with duckdb.connect(str(path), read_only=True) as connection:
        yield Raw(connection)
