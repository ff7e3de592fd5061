"""From a DSN to an engine: the one place where engines are named."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from callistics.engines.base import Engine
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.errors import EngineError
from callistics.settings import Settings


def open_engine(settings: Settings) -> Engine:
    """Open the engine that the settings name. Raises `EngineError`."""
    return DuckDBEngine(
        database_path(settings.engine),
        readers=settings.query_concurrency,
        timeout=settings.query_timeout,
        memory_limit=settings.memory_limit,
        threads=settings.engine_threads,
    )


def database_path(dsn: str) -> Path:
    """The file of an embedded engine: `duckdb:///absolute/file.db`, `duckdb://relative.db`."""
    parts = urlsplit(dsn)
    if parts.scheme != "duckdb":
        known = "duckdb:///path/file.db"
        raise EngineError(f"no engine for {parts.scheme or dsn!r}; a DSN looks like {known}")
    path = unquote(parts.netloc + parts.path)
    if not path or path.endswith("/"):
        raise EngineError(f"{dsn}: names no file")
    return Path(path)
