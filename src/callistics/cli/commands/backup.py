"""`callistics backup`: making backups, listing them, reading them again."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.output import columns_of, console, table_of
from callistics.cli.root import Failure
from callistics.texts import counted

_EPILOG = """\b
Examples:
  callistics backup /var/backups/callistics --keep 7
  callistics backup s3://bucket/callistics --url http://10.0.0.5:8000
  callistics backup list /var/backups/callistics
  callistics backup verify /var/backups/callistics
"""


_MISSING = (
    "name the server with --url, or its settings with CALLISTICS_CONFIG; nothing was backed up"
)


class _Group(click.Group):
    """What is none of its commands is the place of a backup that is to be made."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in that is meant."""
        asks_for_help = args and args[0] in ctx.help_option_names
        if not asks_for_help and (not args or args[0] not in self.commands):
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group("backup", cls=_Group, epilog=_EPILOG)
def command() -> None:
    """Back up all that is stored, while records keep coming: `callistics backup DEST`.

    DEST is a folder, or s3://bucket/prefix with the credentials that AWS's own tools find. What is
    there of an earlier backup and did not change is not fetched again; what was cut off goes on.

    Options of a backup, such as --keep, --url and --key: `callistics backup make --help`.
    """


@command.command("make", epilog="Example: callistics backup make /var/backups/callistics --keep 7")
@click.argument("dest")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="Afterwards delete all but the newest N backups in DEST.",
)
@client_options
def make(target: Target, dest: str, keep: int | None) -> None:
    """Make a backup in DEST; `make` may be left out."""
    # Loaded here: help needs none of it.
    from callistics.backups.make import make_backup  # noqa: PLC0415
    from callistics.cli.backing_up.places import kept_at  # noqa: PLC0415
    from callistics.cli.backing_up.source import ServerSource  # noqa: PLC0415

    started = time.monotonic()
    kept = kept_at(dest)
    for lost in kept.found().unreadable:
        click.echo(f"Note: the backup {lost}", err=True)
    with connect(target, missing=_MISSING) as client, _bar("Backing up") as begin:
        made = make_backup(kept, ServerSource(client), begin)
    found = made.manifest
    click.echo(
        f"Backup {found.id}: {counted(found.rows('calls'), 'call')},"
        f" {counted(found.size, 'byte')}; new are {made.parts:,} of"
        f" {counted(len(found.parts), 'part')}, {counted(made.size, 'byte')};"
        f" in {time.monotonic() - started:.1f} s."
    )
    if keep is not None:
        backups, parts = kept.prune(keep)
        click.echo(f"Deleted {counted(backups, 'older backup')} and {counted(parts, 'part')}.")


@command.command("list", epilog="Example: callistics backup list /var/backups/callistics")
@click.argument("dest")
def list_(dest: str) -> None:
    """List the backups in DEST, oldest first."""
    from callistics.cli.backing_up.places import kept_at  # noqa: PLC0415

    kept = kept_at(dest)
    found = kept.found()
    rows: list[dict[str, object]] = [
        {
            "id": one.id,
            "state of": one.created_at,
            "calls": f"{one.rows('calls'):,}",
            "bytes": f"{one.size:,}",
            "engine": one.engine_version,
            "schema": one.schema,
        }
        for one in found.manifests
    ]
    rows.extend({"id": one.id, "note": f"its manifest {one.reason}"} for one in found.unreadable)
    if not rows:
        raise Failure(kept.none())
    rows.sort(key=lambda row: str(row["id"]))
    console().print(table_of(columns_of(rows), rows))


@command.command("verify", epilog="Example: callistics backup verify /var/backups/callistics")
@click.argument("dest")
@click.option("--backup", metavar="ID", help="Only this one; without it all of them.")
def verify(dest: str, backup: str | None) -> None:
    """Read the backups in DEST again. The exit code is 1 where anything is missing or damaged."""
    from callistics.backups.kept import Found  # noqa: PLC0415
    from callistics.cli.backing_up.places import kept_at  # noqa: PLC0415

    kept = kept_at(dest)
    every = Found([kept.manifest(backup)], []) if backup else kept.found()
    found, lost = every.manifests, every.unreadable
    if not found and not lost:
        raise Failure(kept.none())
    damaged = len(lost)
    for unread in lost:
        click.echo(str(unread), err=True)
    with _bar("Reading") as begin:
        note = begin(sum(part.rows for one in found for part in one.parts))
        for one in found:
            for damage in kept.verify(one, note):
                damaged += 1
                click.echo(f"{damage.backup}: {damage.what}", err=True)
    if damaged:
        raise Failure(f"{damaged:,} of the files are missing or damaged")
    click.echo(f"{counted(len(found), 'backup')} {'is' if len(found) == 1 else 'are'} whole.")


@contextmanager
def _bar(what: str) -> Generator[Callable[[int], Callable[[int], None]]]:
    """A progress bar that is told of how many rows it is, and then of rows that are done."""
    from callistics.cli.importing.progress import progress_bar  # noqa: PLC0415

    with progress_bar() as progress:
        # Until it is known how much there is to do: of a state everything is read once.
        task = progress.add_task("Looking at what there is", total=None)

        def begin(total: int) -> Callable[[int], None]:
            progress.update(task, description=what, total=total)
            return lambda rows: progress.advance(task, rows)

        yield begin
