"""Looking at a database file without changing it."""

from contextlib import suppress
from pathlib import Path

import duckdb

from callistics.engines.diagnosis import (
    Diagnosis,
    ahead_problem,
    figures_of_arrivals,
    seconds_ahead,
)
from callistics.engines.duckdb.accept_loss import is_cut_by_a_start
from callistics.engines.duckdb.checkpoint_journal import is_rolled_back_by_a_start
from callistics.engines.duckdb.connecting import connect
from callistics.engines.duckdb.disk import Disk
from callistics.engines.duckdb.file_check import (
    LossError,
    check_end,
    check_files,
    is_broken_log,
)
from callistics.engines.duckdb.migrate import known
from callistics.engines.duckdb.opening import explained
from callistics.engines.duckdb.storage_errors import is_damaged
from callistics.engines.duckdb.tables import count_rows
from callistics.engines.machine import FILE_FIGURES, file_sizes
from callistics.engines.migrations import newer
from callistics.errors import EngineError

_NAME = f"DuckDB {duckdb.__version__}"


def diagnose(disk: Disk, *, served: bool = False) -> Diagnosis:
    """The file, its schema and the space around it; `served` is whether a server is running."""
    path, sizes = disk.path, file_sizes(disk.path)
    if sizes is None:
        return _without_a_file(path, served=served)
    problems: list[str] = []
    if disk.shortage is not None:
        problems.append(f"records are refused: {disk.shortage}")
    figures = {name: read(sizes) for name, (_, read) in FILE_FIGURES.items()}
    figures["disk_free_bytes"] = sizes.free
    facts = [("file", str(path.absolute()))]
    # Before the engine has the file open: to close it here would take the engine's lock away.
    losses = _losses(path)
    try:
        with connect(path, read_only=True) as connection:
            problems += losses
            check_end(connection, path)
            facts += [] if losses else _contents(connection, problems, figures)
    except EngineError as error:
        problems.append(str(error))
    except duckdb.Error as error:
        if not _is_held(error):
            problems += losses or _refusals(path, error)
        elif served:
            facts.append(("open", "by another process, most likely the server"))
        else:
            problems.append("another process has the file open, and no server answers")
    return Diagnosis(_NAME, tuple(facts), tuple(problems), figures)


def _without_a_file(path: Path, *, served: bool) -> Diagnosis:
    """What there is to say where no file is; a server may have its data elsewhere."""
    name = str(path.absolute())
    if served:
        return Diagnosis(_NAME, (("file", f"{name} is not there"),))
    missing = _losses(path) or ["the file is not there yet: a server makes it"]
    return Diagnosis(_NAME, (("file", name),), tuple(missing))


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
    calls, leads = (count_rows(connection, table) for table in ("calls", "leads"))
    return [("schema", str(schema)), ("calls", f"{calls:,}"), ("leads", f"{leads:,}")]


def _losses(path: Path) -> list[str]:
    """What a server refuses to open the file for, as records that were acknowledged are gone."""
    try:
        with suppress(OSError):  # of which the engine tells
            check_files(path)
    except LossError as error:
        return [str(error)]
    return []


def _refusals(path: Path, error: duckdb.Error) -> list[str]:
    """What a server says where the engine does not open the file."""
    if is_broken_log(error) and is_cut_by_a_start(path):
        return []
    if is_damaged(error) and is_rolled_back_by_a_start(path):
        return []
    try:
        with explained(path):
            raise error
    except EngineError as refusal:
        return [str(refusal)]


def _is_held(error: duckdb.Error) -> bool:
    return "Could not set lock" in str(error)
