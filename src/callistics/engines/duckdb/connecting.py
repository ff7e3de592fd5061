"""Opening a database file: by whom it is open already, and how its threads share the processor."""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import duckdb

from callistics.runtime import give_way

T = TypeVar("T")
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


def giving_way(connect: Callable[[], T]) -> T:
    """What is connected so that DuckDB's own threads let those of this process go first.

    They are begun by the one that connects, and are as it is: the threads that take requests and
    write would else wait for the work of large queries.
    """
    with ThreadPoolExecutor(1, initializer=give_way) as one:
        return one.submit(connect).result()
