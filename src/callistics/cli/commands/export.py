"""`callistics export --all`."""

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.root import Failure
from callistics.texts import counted

if TYPE_CHECKING:
    from callistics.backups.export import Writer
    from callistics.backups.manifest import ListedPart, State
    from callistics.cli.backing_up.source import ServerSource
    from callistics.records.field import RecordKind

_EPILOG = """\b
Examples:
  callistics export --all records
  callistics export --all --format parquet records
  callistics import records/calls* && callistics import --kind leads records/leads*
"""
_MISSING = "name the server with --url, or its settings with CALLISTICS_CONFIG"


@click.command("export", epilog=_EPILOG)
@click.option("--all", "is_all", is_flag=True, help="Every record there is; must be given.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["ndjson", "parquet"]),
    default="ndjson",
    show_default=True,
    help="What the files are.",
)
@click.argument("dest", type=click.Path(file_okay=False, path_type=Path))
@client_options
def command(target: Target, dest: Path, format_: str, *, is_all: bool) -> None:
    """Write all records into files in the folder DEST, which `callistics import` takes anywhere.

    They come to the same state there, on whichever engine and of whichever version: every query
    has the same answer, and later records merge as they would have here. A call whose fields are
    as of several times is several records. All files are of one state, whatever comes meanwhile.
    """
    if not is_all:
        raise click.UsageError(
            "--all must be given; the calls behind a figure are `callistics calls search --all`"
        )
    started = time.monotonic()
    dest.mkdir(parents=True, exist_ok=True)
    there = sorted([*dest.glob("calls*"), *dest.glob("leads*")])
    if there:
        raise Failure(f"{there[0]} is there already: name a new folder")
    with connect(target, missing=_MISSING) as client:
        from callistics.cli.backing_up.source import ServerSource  # noqa: PLC0415

        counts = _export(ServerSource(client, tells=False), dest, format_)
    told = " and ".join(f"{counted(count, 'record')} of {kind}" for kind, count in counts.items())
    click.echo(f"{dest}: {told}, in {time.monotonic() - started:.1f} s.")


def _export(source: "ServerSource", dest: Path, format_: str) -> "dict[RecordKind, int]":
    # Loaded here: help needs none of it.
    from callistics.backups.export import writing  # noqa: PLC0415
    from callistics.cli.importing.progress import progress_bar  # noqa: PLC0415
    from callistics.engines.dump import RECORD_TABLES  # noqa: PLC0415

    counts: dict[RecordKind, int] = {}
    with source.holding() as state, progress_bar() as progress:
        listed = [part for part in state.parts if part.table in RECORD_TABLES]
        task = progress.add_task("Writing", total=sum(part.rows for part in listed))
        for kind in dict.fromkeys(RECORD_TABLES.values()):
            counts[kind] = 0
            with writing(dest, kind, format_) as writer:
                for part in listed:
                    if RECORD_TABLES[part.table] is kind:
                        counts[kind] += _write(source, state, part, kind, writer)
                        progress.advance(task, part.rows)
    return counts


def _write(
    source: "ServerSource", state: "State", part: "ListedPart", kind: "RecordKind", writer: "Writer"
) -> int:
    """Write the records of a part, once all of it has come; how many."""
    from callistics.backups.export import write_part  # noqa: PLC0415
    from callistics.backups.make import checked  # noqa: PLC0415

    with tempfile.TemporaryFile(prefix="callistics-") as file:
        with source.fetching(state, part) as fetched:
            for piece in checked(part.name, fetched.sha256, fetched.pieces):
                file.write(piece)
        file.seek(0)
        return write_part(kind, file, writer)
