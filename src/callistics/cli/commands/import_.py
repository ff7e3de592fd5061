"""`callistics import`."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.importing.import_file import Reading, import_file
from callistics.cli.importing.mapping_options import Said, make_mapping, plain_mapping
from callistics.cli.importing.progress import BadLineReport, bad_line_report, progress_bar, summary
from callistics.cli.importing.sender import Sender, Tally
from callistics.cli.importing.watching import Notes
from callistics.cli.root import Failure
from callistics.files.lines import UnreadableError
from callistics.files.open import FORMATS, Format, format_of
from callistics.mapping.mapping import RecordMapping
from callistics.records.field import RecordKind

_HELP = """Load calls or leads from NDJSON, CSV, Parquet or Arrow files; `-` is NDJSON from a pipe.

The name of a file tells its format; .gz and .zst are unpacked. A CSV file has a header, and an
empty cell means that the field is absent, as null does in Parquet and Arrow. Columns are named
like the fields of the API, those of the payload `payload.KEY`; for other names use --map.

Loading a file again changes nothing where its records carry updated_at, or where nothing else was
stored of them since. Records without it are as of their arrival, so they win over all that came
before; with --as-of end they are as of the end of their calls.

A bad line stops the import, with its number; everything before its batch is stored then. With
--on-error skip the good lines are stored and the bad ones reported; the exit code is 1 even so.
"""
_EXAMPLES = """\b
Examples:
  callistics import calls.ndjson.gz
  callistics import dialer.csv --map started_at=call_time --map payload.city=City \\
      --set merchant_id=mer_abc --set reseller_id=res_north --timezone Asia/Kolkata
  callistics import --kind leads leads.parquet --on-error skip --errors-file bad.ndjson
  zcat calls.ndjson.gz | callistics import -
"""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command as given."""

    files: tuple[str, ...]
    kind: str
    format_: Format | None
    moves: tuple[str, ...]
    constants: tuple[str, ...]
    dropped: tuple[str, ...]
    payload_rest: bool
    timezone: str | None
    as_of: Literal["now", "end"]
    delimiter: str | None
    batch_size: int | None
    on_error: Literal["stop", "skip"]
    errors_file: Path | None

    @property
    def mapping(self) -> RecordMapping:
        """The mapping. Raises `click.UsageError`."""
        said = Said(
            moves=self.moves,
            constants=self.constants,
            dropped=self.dropped,
            rest=self.payload_rest,
            timezone=self.timezone,
            as_of_end=self.as_of == "end",
        )
        return make_mapping(plain_mapping(RecordKind(self.kind)), said)


@click.command("import", help=_HELP, epilog=_EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in RecordKind]),
    default="calls",
    show_default=True,
    help="What the records are.",
)
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="Instead of what the name tells."
)
@click.option(
    "--map",
    "moves",
    multiple=True,
    metavar="FIELD=SOURCE",
    help="Fill a field, or payload.KEY, from a column, or several: started_at=date+time,"
    " call_id=uuid+leg. In JSON dots reach into objects.",
)
@click.option(
    "--set", "constants", multiple=True, metavar="FIELD=VALUE", help="The same value everywhere."
)
@click.option("--drop", "dropped", multiple=True, metavar="SOURCE", help="Leave a column out.")
@click.option("--payload-rest", is_flag=True, help="What is no field goes into the payload.")
@click.option(
    "--timezone",
    metavar="ZONE",
    help="Zone of times without an offset, such as Europe/Lisbon. Without it: the server's.",
)
@click.option(
    "--as-of",
    type=click.Choice(["now", "end"]),
    default="now",
    show_default=True,
    help="What time records without updated_at are as of: their arrival, or their call's end.",
)
@click.option("--delimiter", metavar="CHAR", help="Between the cells of CSV. Without it: found.")
@click.option(
    "--batch-size",
    type=click.IntRange(1, 100_000),
    help="Records that are sent at a time. Without it: 20,000. Where no server runs several such"
    " batches are made durable together, see the setting import_records.",
)
@click.option(
    "--on-error",
    type=click.Choice(["stop", "skip"]),
    default="stop",
    show_default=True,
    help="What to do at a bad line.",
)
@click.option(
    "--errors-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every bad line's number and errors here, as NDJSON.",
)
@client_options
def command(target: Target, **given: Any) -> None:
    """Load files."""
    options = Options(**given)
    if options.delimiter is not None and len(options.delimiter) != 1:
        raise click.UsageError("--delimiter must be one character")
    reading = Reading(options.mapping, options.format_, options.delimiter, options.batch_size)
    for name in options.files:
        _check_file(name, options)
    with connect(target, create=True) as client, bad_line_report(options.errors_file) as report:
        skip = options.on_error == "skip"
        sender = Sender(client, reading.mapping.kind, skip=skip, zone=reading.mapping.zone)
        _import_all(options.files, reading, sender, report)
    if report.count:
        raise Failure(f"{report.count:,} bad lines were left out")


def _check_file(name: str, options: Options) -> None:
    """Raises before anything is stored, where a later file would stop the import."""
    if options.format_ is None:
        try:
            format_of(name)
        except UnreadableError as error:
            raise Failure(f"{name}: {error}") from error
    if name != "-" and not Path(name).is_file():
        raise Failure(f"{name}: there is no such file")


def _import_all(
    names: tuple[str, ...], reading: Reading, sender: Sender, report: BadLineReport
) -> None:
    notes, started = Notes(reading.mapping), time.monotonic()
    try:
        for name in names:
            import_file(name, reading, sender, report, notes.watch(name))
        with progress_bar() as bar:
            bar.add_task("putting in order", total=None)
            sender.put_in_order()
    except BaseException:
        if sender.tally.received:
            _show(sender.tally, notes, time.monotonic() - started)
        raise
    _show(sender.tally, notes, time.monotonic() - started)


def _show(total: Tally, notes: Notes, seconds: float) -> None:
    click.echo(summary(total, seconds))
    for line in notes.lines(total.pending):
        click.echo(line)
