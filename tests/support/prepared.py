"""What servers under test begin with, made once in a process: it takes longer than most tests."""

import atexit
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from callistics.engines.base import ServedEngine
from callistics.engines.registry import database_file, open_engine
from callistics.server.new_files import private_files
from callistics.settings import Settings
from support import engines, inside


def put_file(folder: Path) -> None:
    """Put a database without records where a server's file is to be, unless there is one."""
    path = database_file(engines.dsn("duckdb", folder))
    if path is not None and not path.exists():
        for file in _prepared_file().iterdir():
            shutil.copy(file, folder)


@cache
def _prepared_file() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    dsn = engines.dsn("duckdb", folder)
    with private_files(database_file(dsn)):
        open_engine(Settings(engine=dsn)).close()
    return folder


@contextmanager
def lent(engine: str) -> Generator[ServedEngine]:
    """An engine without a file, with nothing in it, for one server at a time: it stays open."""
    found = _kept(engine)
    _empty(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(found, "close", lambda: None)
        yield found


@cache
def _kept(engine: str) -> ServedEngine:
    return open_engine(Settings(engine=engines.database(engine, engines.in_memory(engine))))


def _empty(engine: ServedEngine) -> None:
    writer = inside.server_writer(engine)
    full = (
        "SELECT name FROM system.tables WHERE database = currentDatabase() "
        "AND name != 'schema_migrations' AND total_rows > 0"
    )
    for (table,) in writer.query(full).result_rows:
        writer.command(f"TRUNCATE TABLE {table}")
    inside.forget_commits(engine)
