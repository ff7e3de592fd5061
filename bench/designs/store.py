"""ClickHouse's own engine in this process, in a folder of the run, and how long it takes."""

import statistics
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

RUNS, ENOUGH_MS = 7, 2_000
MISSING = (
    "Skipped: chdb is not installed. It is one of the test dependencies of pyproject.toml, which"
    " `make test` sets up."
)
# Whole months in one part, and no answer taken from what an earlier run of the query has learnt.
_SETTINGS = (
    "use_query_condition_cache = 0",
    "max_insert_threads = 1",
    "max_insert_block_size = 10000000",
    "min_insert_block_size_rows = 10000000",
    "min_insert_block_size_bytes = 0",
    "max_partitions_per_insert_block = 0",
)


def installed() -> bool:
    """Whether there is a chDB to measure with."""
    return find_spec("chdb") is not None


class Store:
    """An open chDB."""

    def __init__(self, session: Any) -> None:
        self._session = session
        for setting in _SETTINGS:
            self.run(f"SET {setting}")

    def run(self, sql: str, values: Mapping[str, object] | None = None) -> str:
        """The rows as tab-separated text; `values` are bound by name."""
        return str(self._session.query(sql, "TabSeparated", params=dict(values or {})))

    def milliseconds(self, sql: str, values: Mapping[str, object] | None = None) -> float:
        """How long one run takes."""
        started = time.perf_counter()
        self.run(sql, values)
        return (time.perf_counter() - started) * 1000

    def median(self, sql: str, values: Mapping[str, object] | None = None) -> float:
        """Median of several runs, of fewer where they take long. It should have run once before."""
        taken: list[float] = []
        while len(taken) < RUNS and sum(taken) < ENOUGH_MS:
            taken.append(self.milliseconds(sql, values))
        return statistics.median(taken)


@contextmanager
def opened(folder: Path) -> Generator[Store]:
    """A store in a folder; there can be one at a time in a process."""
    folder.mkdir(parents=True, exist_ok=True)
    with opened_session(folder) as session:
        store = Store(session)
        store.run("CREATE DATABASE bench")
        store.run("USE bench")
        yield store


@contextmanager
def opened_session(folder: Path) -> Generator[Any]:
    """chDB itself on a folder."""
    from chdb.session import Session  # noqa: PLC0415 - a test dependency, not always there

    session: Any = Session(str(folder))
    try:
        yield session
    finally:
        session.close()
