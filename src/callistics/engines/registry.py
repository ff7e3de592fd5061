"""From a DSN to an engine: the one place where engines are chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from callistics.engines.base import ServedEngine
from callistics.engines.clickhouse.doctor import diagnose as clickhouse_diagnosis
from callistics.engines.clickhouse.engine import ClickHouseEngine
from callistics.engines.clickhouse.restoring import ClickHouseRestoring
from callistics.engines.diagnosis import Diagnosis
from callistics.engines.duckdb.accept_loss import accept_loss as accept_loss_of_file
from callistics.engines.duckdb.disk import Disk
from callistics.engines.duckdb.doctor import diagnose as duckdb_diagnosis
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.opening import DEFAULT_MEMORY
from callistics.engines.duckdb.reopening import ReopeningEngine
from callistics.engines.duckdb.restoring import DuckDBRestoring
from callistics.engines.duckdb.tuning import Tuning
from callistics.engines.dump import Restoring
from callistics.engines.machine import machine_processors, size_in_bytes
from callistics.errors import EngineError, did_you_mean
from callistics.settings import Settings

_LEAST_EMBEDDED, _LEAST_ELSEWHERE = 2, 4
# To look 60,000 records up among 15 million ids takes about as long as to read the ids.
_IDS_READ_FOR_ONE = 400


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of engine: what its DSN looks like, how it is opened, the file it is, if any.

    `name` is that of all kinds of DSN whose backups are alike. `restoring` raises `EngineError`
    where none of these can be restored there. `diagnose` looks at it without changing anything, and
    takes whether a server is running that may have it open.
    """

    name: str
    example: str
    open: Callable[[Settings, Tuning], ServedEngine]
    file: Callable[[str], Path | None]
    diagnose: Callable[[Settings, bool], Diagnosis]
    restoring: Callable[[str], Restoring]


def open_engine(settings: Settings, *, shared: bool = True, imports: bool = False) -> ServedEngine:
    """Open the engine that the settings name. Raises `EngineError`.

    `shared` is whether others may wait for the writer: then it does nothing long at a time.
    `imports` is whether an import is all that is done with it.
    """
    tuning = Tuning(
        shared=shared,
        clusters=not imports,
        ids_read_for_one=_IDS_READ_FOR_ONE if imports else 0,
        payload_keys_listed=settings.payload_key_limit,
        disk_reserve=settings.disk_reserve,
    )
    return _kind(settings.engine).open(settings, tuning)


def accept_loss(settings: Settings) -> list[Path]:
    """Have a database opened although records are lost; the files that were kept aside.

    Raises `EngineError`, for an engine on another machine too.
    """
    file = database_file(settings.engine)
    if file is None:
        raise EngineError(f"{settings.engine}: a loss can be accepted of a database file alone")
    return accept_loss_of_file(file)


def diagnose(settings: Settings, *, served: bool = False) -> Diagnosis:
    """What there is to say of the engine of settings. Raises `EngineError` for what is no DSN.

    `served` is whether a server is running: it may have the file open, or use another engine.
    """
    return _kind(settings.engine).diagnose(settings, served)


def database_file(dsn: str) -> Path | None:
    """The file that an embedded engine keeps everything in; None where the data lives elsewhere.

    Raises `EngineError` for what is no DSN.
    """
    return _kind(dsn).file(dsn)


def memory_limit(settings: Settings) -> int | None:
    """Bytes of memory that the engine may use; None where another machine's server decides it."""
    default = None if database_file(settings.engine) is None else DEFAULT_MEMORY
    size = settings.memory_limit or default
    return None if size is None else size_in_bytes(size)


def query_concurrency(settings: Settings) -> int:
    """Queries that are worked on at the same time; no key has all of their threads.

    More than the processors can do at once take the interpreter from each other, and from the
    threads that take requests and write. Another machine's server is waited for.
    """
    least = _LEAST_EMBEDDED if database_file(settings.engine) else _LEAST_ELSEWHERE
    return settings.query_concurrency or max(least, machine_processors())


def key_file(dsn: str) -> Path:
    """Where the first admin key is written: beside the database, else in the working directory."""
    database = database_file(dsn)
    if database is None:
        return Path.cwd() / "callistics.admin-key"
    return database.with_name(database.name + ".admin-key")


def engine_name(dsn: str) -> str:
    """The name of a DSN's engine. Raises `EngineError` for what is no DSN."""
    return _kind(dsn).name


def restoring(dsn: str) -> Restoring:
    """The place of a DSN, for a database out of a backup. Raises `EngineError`."""
    return _kind(dsn).restoring(dsn)


def file_dsn(path: Path) -> str:
    """The DSN of a file of the embedded engine."""
    return f"duckdb://{quote(str(path.resolve()))}"


def _kind(dsn: str) -> Kind:
    scheme = urlsplit(dsn).scheme
    if scheme not in KINDS:
        known = " or ".join(dict.fromkeys(kind.example for kind in KINDS.values()))
        hint = did_you_mean(scheme, KINDS)
        raise EngineError(f"no engine for {scheme or dsn!r}{hint}; a DSN looks like {known}")
    return KINDS[scheme]


def _duckdb_file(dsn: str) -> Path:
    parts = urlsplit(dsn)
    path = unquote(parts.netloc + parts.path)
    if not path or path.endswith("/"):
        raise EngineError(f"{dsn}: names no file")
    return Path(path)


def _disk(settings: Settings) -> Disk:
    return Disk(_duckdb_file(settings.engine), settings.disk_reserve)


def _readers(settings: Settings) -> int:
    """How many read at the same time: one more than queries are worked on, and the exports."""
    return query_concurrency(settings) + 1 + settings.export_concurrency


def _duckdb(settings: Settings, tuning: Tuning) -> ServedEngine:
    disk = _disk(settings)

    def open_database() -> DuckDBEngine:
        return DuckDBEngine(
            disk.path,
            readers=_readers(settings),
            timeout=settings.query_timeout,
            memory_limit=settings.memory_limit,
            threads=settings.engine_threads,
            tuning=tuning,
        )

    return ReopeningEngine(open_database, disk)


def _clickhouse(settings: Settings, _: Tuning) -> ServedEngine:
    return ClickHouseEngine(
        settings.engine,
        readers=_readers(settings),
        timeout=settings.query_timeout,
        memory_limit=_bytes(settings.memory_limit),
        threads=settings.engine_threads,
    )


def _bytes(size: str | None) -> int | None:
    """A size such as `4GB` or `4GiB` in bytes. Raises `EngineError` for a share such as `80%`."""
    if size is not None and "%" in size:
        raise EngineError(f"memory_limit {size}: this engine takes a size, such as 4GB")
    return None if size is None else size_in_bytes(size)


_DUCKDB = Kind(
    "duckdb",
    "duckdb:///path/file.db",
    _duckdb,
    _duckdb_file,
    lambda settings, served: duckdb_diagnosis(_disk(settings), served=served),
    lambda dsn: DuckDBRestoring(_duckdb_file(dsn), file_dsn),
)
_CLICKHOUSE = Kind(
    "clickhouse",
    "clickhouse://user:password@host:8123/database",
    _clickhouse,
    lambda _: None,
    lambda settings, _: clickhouse_diagnosis(settings.engine),
    ClickHouseRestoring,
)
_CHDB = replace(_CLICKHOUSE, example="chdb:///folder")
KINDS: Mapping[str, Kind] = {
    "duckdb": _DUCKDB,
    "clickhouse": _CLICKHOUSE,
    "clickhouses": _CLICKHOUSE,
    "chdb": _CHDB,
}
"""Every kind of engine by the scheme of its DSN."""
