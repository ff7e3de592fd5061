"""`callistics rebuild`."""

import time
from pathlib import Path

import click

from callistics.catalog.plan import Policy
from callistics.cli.connect import default_url, not_opened, server_answers
from callistics.cli.group import Failure
from callistics.errors import EngineError
from callistics.model.scope import EVERYTHING
from callistics.settings import ENGINE_DSNS, Settings, load_settings

_EPILOG = f"""\b
Examples:
  callistics rebuild
  callistics rebuild --engine {ENGINE_DSNS[0]}
"""


@click.command("rebuild", epilog=_EPILOG)
@click.option("--engine", metavar="DSN", help=f"The database, such as {ENGINE_DSNS[0]}.")
def command(engine: str | None) -> None:
    """Compute everything that is derived from the records anew.

    That is leads with their statuses, inferred attempts, the payloads that calls are filtered by,
    and roll-ups. All of it is kept in step with every commit: this changes nothing unless something
    was wrong. Stop the server first; the records themselves are not touched.
    """
    settings = load_settings(overrides={"engine": engine})
    url = default_url(settings)
    if engine is None and server_answers(url):
        raise Failure(f"the server at {url} has the database open: stop it first")
    started = time.monotonic()
    calls = _rebuild(settings, _existing(settings))
    seconds = time.monotonic() - started
    click.echo(
        f"Computed leads, attempts, payloads and roll-ups of {calls:,} calls anew,"
        f" in {seconds:.1f} s."
    )


def _existing(settings: Settings) -> Path | None:
    # Loaded here: help and wrong settings need no engine.
    from callistics.engines.opening import database_file  # noqa: PLC0415

    database = database_file(settings.engine)
    if database is not None and not database.exists():
        raise Failure(f"{settings.engine} is not there")
    return database


def _rebuild(settings: Settings, database: Path | None) -> int:
    """Rebuild; how many calls there are."""
    from callistics.analytics.service import Analytics  # noqa: PLC0415
    from callistics.app import private_files  # noqa: PLC0415
    from callistics.engines.opening import open_engine  # noqa: PLC0415

    with private_files(database):
        try:
            engine = open_engine(settings)
        except EngineError as error:
            raise Failure(not_opened(settings, error)) from error
        try:
            engine.rebuild()
            asking = Analytics(engine.dialect, engine.run, Policy(), settings.timezone)
            answer = asking.answer(b'{"query_type": "call_count"}', EVERYTHING)
            return int(str(answer.data[0]["count"]))
        finally:
            engine.close()
