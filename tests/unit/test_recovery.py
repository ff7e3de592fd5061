"""A database that failed is tried again, whatever the attempts to recover it say."""

from pathlib import Path
from typing import Any, cast

import duckdb
import pytest

from callistics.engines.duckdb.recovery import Recovery
from callistics.engines.duckdb.transactions import size
from callistics.engines.duckdb.watermark import log_of
from callistics.errors import StorageFailed, Unavailable
from support.checkpoints import checkpoint
from support.gate import until
from support.inside import duckdb_engine
from support.store import opened


class Database:
    """One that can be written to once its failures are used up."""

    is_sound = True

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)

    def try_to_write(self) -> None:
        if self.failures:
            raise self.failures.pop()

    def close(self) -> None:
        pass


class Disk:
    """One that has room."""

    shortage = None


@pytest.mark.parametrize(
    "failure",
    [duckdb.IOException("Input/output error"), Unavailable("later"), RuntimeError("no such thing")],
)
def test_no_failure_of_an_attempt_is_the_last_one(failure: Exception) -> None:
    database: Any = Database(failure)
    recovery = Recovery(lambda: database, cast("Any", Disk()))
    try:
        with pytest.raises(StorageFailed), recovery.writing():
            raise duckdb.IOException("No space left on device")
        assert recovery.problem is not None
        until(lambda: recovery.problem is None)
        assert database.failures == []
    finally:
        recovery.close()


def test_what_is_tried_is_written(tmp_path: Path) -> None:
    """The engine writes nothing where no value changes."""
    with opened(path=tmp_path / "x.db") as store:
        checkpoint(store.engine)
        log = log_of(tmp_path / "x.db")
        before = size(log)
        for _ in range(2):
            duckdb_engine(store.engine).try_to_write()
            assert size(log) > before
            before = size(log)
