"""Looking at a database file without changing it."""

import duckdb

from callistics.engines.diagnosis import (
    Diagnosis,
    ahead_problem,
    figures_of_arrivals,
    seconds_ahead,
)
from callistics.engines.duckdb.connecting import connect
from callistics.engines.duckdb.disk import Disk
from callistics.engines.duckdb.migrate import known
from callistics.engines.machine import FILE_FIGURES, file_sizes
from callistics.engines.migrations import newer
from callistics.errors import first_line

_NAME = f"DuckDB {duckdb.__version__}"


def diagnose(disk: Disk, *, served: bool = False) -> Diagnosis:
    """The file, its schema and the space around it; `served` is whether a server is running."""
    path = disk.path
    facts = [("file", str(path.absolute()))]
    sizes = file_sizes(path)
    if sizes is None:
        if served:
            return Diagnosis(_NAME, (("file", f"{path.absolute()} is not there"),))
        return Diagnosis(_NAME, tuple(facts), ("the file is not there yet: a server makes it",))
    problems: list[str] = []
    if disk.shortage is not None:
        problems.append(f"records are refused: {disk.shortage}")
    figures = {name: read(sizes) for name, (_, read) in FILE_FIGURES.items()}
    figures["disk_free_bytes"] = sizes.free
    try:
        with connect(path, read_only=True) as connection:
            facts += _contents(connection, problems, figures)
    except duckdb.Error as error:
        if not _is_held(error):
            problems.append(first_line(error))
        elif served:
            facts.append(("open", "by another process, most likely the server"))
        else:
            problems.append("another process has the file open, and no server answers")
    return Diagnosis(_NAME, tuple(facts), tuple(problems), figures)


def _contents(
    connection: duckdb.DuckDBPyConnection, problems: list[str], figures: dict[str, float]
) -> list[tuple[str, str]]:
    """Facts of what is in it; problems and figures are added to those found so far."""
    tables = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
    if "schema_migrations" not in tables:
        problems.append("the file is a database, but none of this product's")
        return []
    rows = connection.execute("SELECT max(number) FROM schema_migrations").fetchall()
    schema = int(rows[0][0] or 0)
    problems += newer(known(), schema)
    ((newest,),) = connection.execute("SELECT epoch_us(last) FROM arrivals").fetchall()
    ahead = ahead_problem(seconds_ahead(int(newest)))
    problems += [ahead] if ahead else []
    figures.update(figures_of_arrivals(int(newest)))
    calls, leads = (
        connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        for table in ("calls", "leads")
    )
    return [("schema", str(schema)), ("calls", f"{calls:,}"), ("leads", f"{leads:,}")]


def _is_held(error: duckdb.Error) -> bool:
    return "lock" in str(error).lower()
