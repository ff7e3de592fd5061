"""`callistics sync`."""

import re
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.importing.option_list import row_options, take_row_mapping
from callistics.cli.importing.progress import bad_line_report, summary
from callistics.cli.importing.sender import Sender
from callistics.cli.importing.watching import Notes
from callistics.cli.root import Failure
from callistics.engines.registry import database_file
from callistics.mapping.mapping import RecordMapping
from callistics.records.field import RecordKind
from callistics.settings import load_settings
from callistics.texts import install

if TYPE_CHECKING:
    from psycopg import Connection

    from callistics.cli.syncing.run import Sync
    from callistics.cli.syncing.state import StateFile
    from callistics.cli.syncing.table import Relation

_HELP = """Bring over the rows of a table of PostgreSQL that are new since the last run.

The cursor is a column that grows with every change of a row: a time, such as updated_at, or a
whole number. How far a run has come is kept in a file once the rows are stored, so that the next
one goes on there, whatever ended this one. Columns become fields as with `callistics import`; a
cursor that is a time is the record's updated_at, unless something else is.

Rows whose transaction ends late come with a cursor value that was passed already: each run reads
again what is up to --overlap before. Rows that were read before are then unchanged.

A row that is gone is not noticed. With --deleted COLUMN a row with a value there makes its call a
test (`test: true`): it is in no figure any more, but it is kept. Nothing is erased. Leads have no
such field.
"""
_EPILOG = """\b
Examples:
  callistics sync postgresql://reader@db/app --table calls --cursor updated_at --dry-run
  callistics sync postgresql://reader@db/app --table calls --cursor updated_at \\
      --map call_id=id --map payload.city=city --deleted deleted_at
  callistics sync postgresql://reader@db/app --cursor changed --tie id --name north \\
      --query "SELECT c.*, m.reseller_id FROM calls c JOIN merchants m USING (merchant_id)"
"""
_HOW_TO_INSTALL = (
    f"reading PostgreSQL needs a package that is not installed: {install('postgresql')}"
)
_DURATION = re.compile(r"(\d+)(s|m|h|d)?", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DEFAULT_OVERLAP, _DEFAULT_COUNT = "5m", "1000"


@click.command("sync", help=_HELP, epilog=_EPILOG)
@click.argument("source", metavar="postgresql://…")
@click.option("--table", metavar="[SCHEMA.]TABLE", help="The table or view that is read.")
@click.option("--query", metavar="SQL", help="A query that is read instead; it needs --name.")
@click.option("--cursor", required=True, metavar="COLUMN", help="It grows with every change.")
@click.option(
    "--tie",
    metavar="COLUMN,COLUMN...",
    help="What tells rows of one cursor value apart. Without it: the primary key.",
)
@click.option("--deleted", metavar="COLUMN", help="Where it has a value, or is true: a test call.")
@click.option(
    "--overlap",
    metavar="TIME",
    help=f"How far before the last position rows are read again: 30s, 5m, 2h, or a number where"
    f" the cursor is one. Without it: {_DEFAULT_OVERLAP}, or {_DEFAULT_COUNT}. 0: not at all.",
)
@click.option("--name", help="The name of this sync. Without it: that of the table.")
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the position is kept. Without it: a file of the sync's name beside the database.",
)
@click.option("--dry-run", is_flag=True, help="Store nothing: show what would be done, and stop.")
@row_options
@click.option(
    "--batch-size",
    type=click.IntRange(1, 100_000),
    default=20_000,
    show_default=True,
    help="Records that are sent at a time.",
)
@click.option(
    "--on-error",
    type=click.Choice(["stop", "skip"]),
    default="stop",
    show_default=True,
    help="What to do at a bad row.",
)
@click.option(
    "--errors-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every bad row's key and errors here, as NDJSON.",
)
@client_options
def command(target: Target, source: str, **given: Any) -> None:
    """Bring over what is new."""
    if find_spec("psycopg") is None:
        raise Failure(_HOW_TO_INSTALL)
    mapping = take_row_mapping(given)
    _check(given, mapping)
    # Loaded here: the package is an extra.
    from callistics.cli.syncing.connecting import connected  # noqa: PLC0415
    from callistics.cli.syncing.state import locked, state_file, target_of  # noqa: PLC0415

    engine = load_settings(overrides={"engine": target.engine}).engine
    database = database_file(engine)
    path = given["state"] or state_file(database, given["name"] or given["table"])
    into = target.url or target_of(engine, database, beside=given["state"] is None)
    with locked(path), connected(source) as connection:
        sync, state = _opened(connection, source, into, mapping, path, given)
        if given["dry_run"]:
            _show_plan(sync)
        else:
            _run(target, sync, state, given)


def _check(given: Mapping[str, Any], mapping: RecordMapping) -> None:
    if (given["table"] is None) == (given["query"] is None):
        raise click.UsageError("give either --table or --query")
    if given["query"] is not None and given["name"] is None and given["state"] is None:
        raise click.UsageError("--query needs --name, under which its position is kept")
    if given["state"] is not None and not given["state"].name:
        raise click.UsageError("--state: name a file")
    if given["deleted"] is not None and mapping.kind is not RecordKind.CALLS:
        raise click.UsageError(
            "--deleted: leads have no field that takes them out of the figures; leave them out of"
            " what you sync, or give those that are deleted a status of their own in a --query"
        )


def _opened(
    connection: "Connection[Any]",
    source: str,
    into: str,
    mapping: RecordMapping,
    path: Path,
    given: Mapping[str, Any],
) -> "tuple[Sync, StateFile]":
    # Loaded here: the package is an extra.
    from callistics.cli.syncing.connecting import place_of  # noqa: PLC0415
    from callistics.cli.syncing.reading import Since, wrong_position  # noqa: PLC0415
    from callistics.cli.syncing.run import Sync, sync_mapping  # noqa: PLC0415
    from callistics.cli.syncing.state import Identity, StateFile  # noqa: PLC0415
    from callistics.cli.syncing.table import Given, relation  # noqa: PLC0415

    names = given["table"], given["query"], given["cursor"], _names(given["tie"]), given["deleted"]
    found = relation(connection, Given(*names))
    if found.needs_zone and mapping.timezone is None:
        raise Failure(
            f'--cursor: "{found.cursor.name}" is a time without a zone: say which one with'
            " --timezone"
        )
    tie = tuple(one.name for one in found.tie)
    where = f"{place_of(source)} {given['query'] or found.name}"
    kept = Identity(where, found.cursor.name, tie, mapping.kind.value, into, found.key_types)
    state = StateFile(path, kept)
    since = Since(state.read(), _overlap(given["overlap"], found), mapping.timezone)
    wrong = since.position and wrong_position(connection, found, since.position)
    if wrong:
        raise state.damaged(wrong)
    mapped = sync_mapping(mapping, found)
    return Sync(connection, found, mapped, since, given["batch_size"]), state


def _names(text: str | None) -> tuple[str, ...]:
    names = () if text is None else tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise click.UsageError("--tie: a name is empty")
    return names


def _overlap(text: str | None, found: "Relation") -> int:
    """Microseconds before a time, or a number before a number."""
    text = text or (_DEFAULT_COUNT if found.counts else _DEFAULT_OVERLAP)
    match = _DURATION.fullmatch(text)
    if match is None or (match[2] is None) != (found.counts or text == "0"):
        example = "a number such as 1000" if found.counts else "a time such as 30s, 5m or 2h"
        raise click.UsageError(
            f"--overlap: the cursor is of the type {found.cursor.type}: {example}"
        )
    return int(match[1]) if found.counts else int(match[1]) * _UNITS[match[2] or "s"] * 1_000_000


def _show_plan(sync: "Sync") -> None:
    # Loaded here: the package is an extra.
    from callistics.cli.syncing.run import show_plan  # noqa: PLC0415

    for line in show_plan(sync):
        click.echo(line)


def _run(target: Target, sync: "Sync", state: "StateFile", given: Mapping[str, Any]) -> None:
    # Loaded here: the package is an extra.
    from callistics.cli.syncing.run import run  # noqa: PLC0415

    mapping, name = sync.mapping, sync.relation.name
    notes, started = Notes(mapping), time.monotonic()
    with (
        connect(target, create=True) as client,
        bad_line_report(given["errors_file"], "rows") as report,
    ):
        skip = given["on_error"] == "skip"
        sender = Sender(client, mapping.kind, skip=skip, zone=mapping.zone)
        try:
            run(sync, sender, report, notes.watch(name), state)
            sender.put_in_order()
        finally:
            click.echo(summary(sender.tally, time.monotonic() - started))
            for line in notes.lines(sender.tally.pending):
                click.echo(line)
            _tell_position(sync, state)
        _tell_left_out(sync, state)
    if report.count:
        raise Failure(f"{report.count:,} bad rows were left out")


def _tell_position(sync: "Sync", state: "StateFile") -> None:
    position, cursor = state.read(), sync.relation.cursor.name
    if position is not None:
        click.echo(f"{sync.relation.name}: up to {cursor} {position.cursor}, kept in {state.path}")


def _tell_left_out(sync: "Sync", state: "StateFile") -> None:
    # Loaded here: the package is an extra.
    from callistics.cli.syncing.reading import gone_back, left_out  # noqa: PLC0415

    none, ahead = left_out(sync.connection, sync.relation, sync.since)
    cursor = sync.relation.cursor.name
    if none:
        click.echo(f"rows without a value of {cursor} that could be compared, not read: {none:,}.")
    if ahead:
        click.echo(f"rows whose {cursor} is in the future, not read before that: {ahead:,}.")
    position, highest = sync.since.position, gone_back(sync.connection, sync.relation, sync.since)
    if position is not None and highest is not None:
        click.echo(
            f"the highest {cursor} is {highest} now, before {position.cursor}, where the last run"
            f" ended: new rows with lower values are not read. If {sync.relation.name} was emptied"
            f" or restored, remove {state.path} to read it from its beginning."
        )
