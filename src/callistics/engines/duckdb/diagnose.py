"""Looking at a database file without changing it."""

import shutil
from pathlib import Path

import duckdb

from callistics.engines.common.migrations import newer
from callistics.engines.diagnosis import Diagnosis
from callistics.engines.duckdb.migrate import known
from callistics.errors import first_line

_NAME = f"DuckDB {duckdb.__version__}"
# Below this much free space a checkpoint may not find room for what it rewrites.
_LITTLE_SPACE = 1 << 30


def diagnose(path: Path) -> Diagnosis:
    """The file, its schema and the space around it."""
    facts = [("file", str(path.absolute()))]
    if not path.exists():
        return Diagnosis(_NAME, tuple(facts), ("the file is not there yet: a server makes it",))
    facts.append(("size", f"{path.stat().st_size:,} bytes"))
    problems: list[str] = []
    free = shutil.disk_usage(path.absolute().parent).free
    facts.append(("free space", f"{free:,} bytes"))
    if free < _LITTLE_SPACE:
        problems.append(f"only {free:,} bytes are free beside the file")
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            facts += _contents(connection, problems)
    except duckdb.Error as error:
        problems.append(_not_opened(error))
    return Diagnosis(_NAME, tuple(facts), tuple(problems))


def _contents(connection: duckdb.DuckDBPyConnection, problems: list[str]) -> list[tuple[str, str]]:
    tables = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
    if "schema_migrations" not in tables:
        problems.append("the file is a database, but none of this product's")
        return []
    rows = connection.execute("SELECT max(number) FROM schema_migrations").fetchall()
    schema = int(rows[0][0] or 0)
    problems += newer(known(), schema)
    calls, leads = (
        connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        for table in ("calls", "leads")
    )
    return [("schema", str(schema)), ("calls", f"{calls:,}"), ("leads", f"{leads:,}")]


def _not_opened(error: duckdb.Error) -> str:
    text = str(error)
    if "lock" in text.lower():
        return "another process has the file open, most likely a running server: that is its right"
    return first_line(error)
