"""Looking at a database file without changing it."""

import shutil
from pathlib import Path

import duckdb

from callistics.engines.diagnosis import Diagnosis, ahead_problem, seconds_ahead
from callistics.engines.duckdb.migrate import known
from callistics.engines.migrations import newer
from callistics.errors import first_line
from callistics.model.instants import now

_NAME = f"DuckDB {duckdb.__version__}"
# Below this much free space a checkpoint may not find room for what it rewrites.
_LITTLE_SPACE = 1 << 30


def diagnose(path: Path, *, served: bool = False) -> Diagnosis:
    """The file, its schema and the space around it; `served` is whether a server is running."""
    facts = [("file", str(path.absolute()))]
    if not path.exists():
        if served:
            return Diagnosis(_NAME, (("file", f"{path.absolute()} is not there"),))
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
        if not _is_held(error):
            problems.append(first_line(error))
        elif served:
            facts.append(("open", "by another process, most likely the server"))
        else:
            problems.append("another process has the file open, and no server answers")
    return Diagnosis(_NAME, tuple(facts), tuple(problems))


def _contents(connection: duckdb.DuckDBPyConnection, problems: list[str]) -> list[tuple[str, str]]:
    tables = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
    if "schema_migrations" not in tables:
        problems.append("the file is a database, but none of this product's")
        return []
    rows = connection.execute("SELECT max(number) FROM schema_migrations").fetchall()
    schema = int(rows[0][0] or 0)
    problems += newer(known(), schema)
    ((newest,),) = connection.execute("SELECT epoch_us(last) FROM arrivals").fetchall()
    ahead = ahead_problem(seconds_ahead(int(newest), now()))
    problems += [ahead] if ahead else []
    calls, leads = (
        connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        for table in ("calls", "leads")
    )
    return [("schema", str(schema)), ("calls", f"{calls:,}"), ("leads", f"{leads:,}")]


def _is_held(error: duckdb.Error) -> bool:
    return "lock" in str(error).lower()
