"""The database itself, for commands that work on it while no server has it open."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from callistics.cli.connect import not_opened, server_answers
from callistics.cli.root import Failure
from callistics.errors import EngineError
from callistics.server.address import local_url
from callistics.settings import Settings, load_settings

if TYPE_CHECKING:
    from callistics.engines.base import Engine


@contextmanager
def alone(dsn: str | None) -> Generator[tuple["Engine", Settings]]:
    """The engine of a DSN, or of the settings where there is none, and the settings.

    Raises `Failure` where a server has it open, or nothing is there.
    """
    settings = load_settings(overrides={"engine": dsn})
    url = local_url(settings)
    if dsn is None and server_answers(url, settings.tls_cert):
        raise Failure(f"the server at {url} has the database open: stop it first")
    # Loaded here: help and wrong settings need no engine.
    from callistics.engines.registry import database_file, open_engine  # noqa: PLC0415
    from callistics.server.new_files import private_files  # noqa: PLC0415

    database = database_file(settings.engine)
    if database is not None and not database.exists():
        raise Failure(f"{settings.engine} is not there")
    with private_files(database):
        try:
            engine = open_engine(settings, shared=False)
        except EngineError as error:
            raise Failure(not_opened(settings, error)) from error
        try:
            yield engine, settings
        finally:
            engine.close()
