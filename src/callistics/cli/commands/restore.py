"""`callistics restore`."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callistics.cli.connect import server_answers
from callistics.cli.root import Failure
from callistics.server.address import local_url
from callistics.settings import ENGINE_DSNS, Settings, load_settings
from callistics.texts import counted

if TYPE_CHECKING:
    from callistics.backups.kept import Kept
    from callistics.backups.manifest import Manifest

_EPILOG = f"""\b
Examples:
  callistics restore /var/backups/callistics
  callistics restore s3://bucket/callistics --at 2026-11-23T04:00:00Z
  callistics restore /var/backups/callistics --engine {ENGINE_DSNS[0]}
"""


_NEXT = """\
Next: see that the files belong to the server's user, put callistics.toml and the .admin-key file
in their place (or set CALLISTICS_ADMIN_KEY once), start the server, and run `callistics doctor`.
What arrived since the backup has to be sent again: `callistics sync` does so once with --overlap
of more than the time since then."""


@click.command("restore", epilog=_EPILOG)
@click.argument("src")
@click.option(
    "--at",
    "moment",
    metavar="TIME",
    help="The newest backup of then or before, in UTC; a date, a minute or a second counts whole.",
)
@click.option("--backup", metavar="ID", help="This backup, as `callistics backup list` names it.")
@click.option("--engine", metavar="DSN", help=f"The new database, such as {ENGINE_DSNS[0]}.")
def command(src: str, moment: str | None, backup: str | None, engine: str | None) -> None:
    """Make a database out of a backup in SRC, where none is yet: of the newest one, else as said.

    Every file is checked before it is taken in, and all that is derived from records is computed
    anew. The database has its name once it is whole: where this is cut off, run it again. One that
    is there already is never touched.
    """
    if moment is not None and backup is not None:
        raise click.UsageError("--at and --backup exclude each other")
    started = time.monotonic()
    settings = load_settings(overrides={"engine": engine})
    if engine is None and server_answers(local_url(settings), settings.tls_cert):
        raise Failure(f"a server runs at {local_url(settings)}: name a new place with --engine")
    # Loaded here: help and wrong settings need none of it.
    from callistics.cli.backing_up.places import kept_at  # noqa: PLC0415

    kept = kept_at(src)
    found = _chosen(kept, moment, backup)
    click.echo(f"Restoring {found.id}, the state of {found.created_at}", err=True)
    _restore(kept, found, settings)
    click.echo(
        f"Restored {counted(found.rows('calls'), 'call')} into {settings.engine},"
        f" in {time.monotonic() - started:.1f} s."
    )
    click.echo(_NEXT, err=True)


def _chosen(kept: "Kept", moment: str | None, backup: str | None) -> "Manifest":
    from callistics.model.instants import parse_iso  # noqa: PLC0415

    if backup is not None:
        return kept.manifest(backup)
    if moment is None:
        return kept.newest()
    try:
        return kept.newest(parse_iso(moment).last)
    except ValueError as error:
        raise click.UsageError(f"--at: {error}") from None


def _restore(kept: "Kept", found: "Manifest", settings: Settings) -> None:
    from callistics.backups.restore import restore  # noqa: PLC0415
    from callistics.cli.importing.progress import progress_bar  # noqa: PLC0415
    from callistics.engines.base import Engine  # noqa: PLC0415
    from callistics.engines.registry import (  # noqa: PLC0415
        database_file,
        engine_name,
        open_engine,
        restoring,
    )
    from callistics.server.app import private_files  # noqa: PLC0415

    if found.engine != engine_name(settings.engine):
        raise Failure(
            f"the backup is of {found.engine_version}, and {settings.engine} is another engine:"
            " restore it on its own, and use `callistics export --all` and `callistics import`"
        )

    def opened(dsn: str) -> Engine:
        return open_engine(replace(settings, engine=dsn), shared=False)

    with (
        private_files(database_file(settings.engine)),
        tempfile.TemporaryDirectory(prefix="callistics-") as scratch,
        progress_bar() as progress,
    ):
        task = progress.add_task("Restoring", total=sum(part.rows for part in found.parts))

        def tell(what: str) -> None:
            progress.update(task, description=f"Restoring {what}")
            if progress.disable:
                click.echo(f"Restoring {what}", err=True)

        restore(
            kept,
            found,
            restoring(settings.engine),
            Path(scratch),
            lambda rows: progress.advance(task, rows),
            opened,
            tell,
        )
