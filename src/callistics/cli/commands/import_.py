"""`callistics import`."""

import glob
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.importing.dry_run import show_plan
from callistics.cli.importing.import_file import Reading, import_file
from callistics.cli.importing.option_list import check_used, mapping_options, take_mapping
from callistics.cli.importing.overwriting import check_not_overwritten
from callistics.cli.importing.progress import BadLineReport, bad_line_report, progress_bar, summary
from callistics.cli.importing.sender import Sender, Tally
from callistics.cli.importing.watching import Notes
from callistics.cli.root import Failure
from callistics.files.lines import UnreadableError
from callistics.files.open import STDIN, Format
from callistics.files.remote import is_remote, shown_name

_HELP = """Load calls or leads from NDJSON, CSV, Excel, Parquet or Arrow files; `-` is a pipe.

The name of a file tells its format; .gz and .zst are unpacked. A CSV file has a header, and an
empty cell means that the field is absent, as null does in Parquet and Arrow. Columns are named
like the fields of the API, those of the payload `payload.KEY`; for other names use --map, and for
files of well-known systems --format. A file may be an address (https://…, s3://bucket/key) or a
pattern ('2025-*.csv'). With --dry-run nothing is stored: you see what each column
becomes, ten records, and what is not understood with the option that would help.

Loading a file again changes nothing where its records carry updated_at, or where nothing else was
stored of them since. Records without it are as of their arrival, so they win over all that came
before; with --as-of end they are as of the end of their calls.

A bad line stops the import, with its number; everything before its batch is stored then. With
--on-error skip the good lines are stored and the bad ones reported; the exit code is 1 even so.
"""
_EXAMPLES = """\b
Examples:
  callistics import calls.ndjson.gz
  callistics import dialer.csv --dry-run
  callistics import dialer.csv --map started_at=call_time --map payload.city=City \\
      --set merchant_id=mer_abc --set reseller_id=res_north --timezone Asia/Kolkata
  callistics import Master.csv --format asterisk-cdr --timezone Europe/Lisbon \\
      --set merchant_id=mer_abc --set reseller_id=res_north
  callistics import --kind leads leads.parquet --on-error skip --errors-file bad.ndjson
  zcat calls.ndjson.gz | callistics import -
"""


@click.command("import", help=_HELP, epilog=_EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--dry-run", is_flag=True, help="Store nothing: show what would be done, and stop.")
@mapping_options
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
def command(
    target: Target,
    files: tuple[str, ...],
    batch_size: int | None,
    on_error: str,
    errors_file: Path | None,
    *,
    dry_run: bool,
    **given: Any,
) -> None:
    """Load files."""
    names = [name for given_name in files for name in _matching(given_name)]
    written = {"--errors-file": errors_file, "--save-mapping": given["save_mapping"]}
    check_not_overwritten(written, names)
    mapping, format_, said = take_mapping(given)
    reading = Reading(mapping, format_, batch_size)
    check_used(said, [_checked(name, reading) for name in names])
    if dry_run:
        for name in names:
            show_plan(name, reading)
        return
    with connect(target, create=True) as client, bad_line_report(errors_file) as report:
        sender = Sender(client, mapping.kind, skip=on_error == "skip", zone=mapping.zone)
        _import_all(names, reading, sender, report)
    if report.count:
        raise Failure(f"{report.count:,} bad lines were left out")


def _matching(name: str) -> list[str]:
    """The files that a pattern matches, in order of their names; a name that is none itself."""
    if is_remote(name) or not glob.has_magic(name) or Path(name).exists():
        return [name]
    # A pattern may be of an absolute path.
    matches = glob.glob(name, recursive=True)  # noqa: PTH207
    found = sorted(one for one in matches if Path(one).is_file())
    if not found:
        raise Failure(f"{name}: no file matches")
    return found


def _checked(name: str, reading: Reading) -> Format:
    """The format of a file. Raises `Failure` before anything is stored where it is not there."""
    if name != STDIN and not is_remote(name) and not Path(name).exists():
        raise Failure(f"{name}: there is no such file")
    if Path(name).is_dir():
        raise Failure(f"{name}: is a folder; name its files, such as '{name.rstrip('/')}/*.csv'")
    try:
        found = reading.format_of(name)
    except UnreadableError as error:
        raise Failure(f"{shown_name(name)}: {error}") from error
    return found


def _import_all(
    names: Sequence[str], reading: Reading, sender: Sender, report: BadLineReport
) -> None:
    notes, started = Notes(reading.mapping), time.monotonic()
    try:
        for name in names:
            import_file(name, reading, sender, report, notes.watch(shown_name(name)))
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
