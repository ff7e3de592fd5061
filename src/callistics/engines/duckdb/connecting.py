"""Opening a database file, and by whom it is open already."""

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb

Setting = str | bool | int | float | list[str]
_HELD = re.compile(r"Conflicting lock is held .*\(PID (\d+)\)")


def connect(
    path: Path | str, config: Mapping[str, Setting] | None = None, *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """Open a database. Raises `duckdb.Error`.

    A table that is missing is an error: the engine would else read a variable of the caller that
    has its name, be it qualified or not.
    """
    given = {**(config or {}), "python_enable_replacements": False}
    return duckdb.connect(str(path), read_only=read_only, config=given)


def holder(error: Exception) -> int | None:
    """The pid of the process that has the file open; None where that is not what is wrong."""
    found = _HELD.search(str(error))
    return None if found is None else int(found[1])
