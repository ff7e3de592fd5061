"""The options of `callistics import` that say how files are read and mapped."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from callistics.cli.importing.base_mapping import base_mapping, presets, unused, wrong_delimiter
from callistics.cli.importing.mapping_options import Said, make_mapping
from callistics.files.encoding import check_encoding
from callistics.files.lines import UnreadableError
from callistics.files.open import FORMATS, Format
from callistics.files.sources import USES
from callistics.mapping import (
    Layout,
    RecordMapping,
)
from callistics.mapping.mapping import MOST_SKIPPED_LAST
from callistics.mapping.numbers import DECIMAL_MARKS
from callistics.mapping.write import mapping_text
from callistics.records.field import RecordKind

Command = Callable[..., Any]

KINDS = tuple(kind.value for kind in RecordKind)


def _many(*names: str, metavar: str, text: str) -> Callable[[Command], Command]:
    return click.option(*names, multiple=True, metavar=metavar, help=text)


_KIND = (
    click.option("--kind", type=click.Choice(KINDS), help="What the records are. Else: calls."),
)
_FORMAT = (
    click.option(
        "--format",
        "format_",
        metavar="FORMAT|PRESET",
        help=f"Instead of what the name tells: {', '.join(FORMATS)}; or a preset, a mapping that is"
        f" made already: {', '.join(presets())}.",
    ),
)
_MAPPING = (
    click.option(
        "--mapping",
        "mapping_file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="A mapping kept by --save-mapping, or written by hand.",
    ),
    click.option(
        "--save-mapping",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write what these options say to a file, for --mapping.",
    ),
    _many(
        "--map",
        "moves",
        metavar="FIELD=SOURCE",
        text="Fill a field, or payload.KEY, from a column; from several: started_at=date+time; from"
        " the first that has a value: started_at='started|created'; or make an id:"
        " call_id='@hash(started_at,from,to)'. In JSON dots reach into objects.",
    ),
    _many("--set", "constants", metavar="FIELD=VALUE", text="The same value everywhere."),
    _many("--drop", "dropped", metavar="SOURCE", text="Leave a column out."),
    click.option("--payload-rest", is_flag=True, help="What is no field goes into the payload."),
    _many(
        "--unit",
        "units",
        metavar="FIELD=UNIT",
        text="Of numbers: started_at=ms (s, ms, us or ns since 1970), duration=min (s, ms, us, ns,"
        " min or h), cost=cents (or micros).",
    ),
    _many(
        "--time-format",
        "formats",
        metavar="FIELD=FORMAT",
        text="Of times such as 1/9/2017 16:33: started_at='%d/%m/%Y %H:%M'. Given again: another.",
    ),
    _many(
        "--value",
        "words",
        metavar="FIELD:WORD=VALUE",
        text="Another word for a value, in any case: direction:incoming=inbound; no value:"
        " answered_at:0=",
    ),
    _many(
        "--scale",
        "scales",
        metavar="FIELD=FACTOR",
        text="Multiply numbers: sentiment=0.01 for scores up to 100.",
    ),
    _many("--null", "nulls", metavar="WORD", text="A word that means that there is no value."),
    click.option(
        "--decimal",
        type=click.Choice(DECIMAL_MARKS),
        help="The decimal mark of numbers; the other one may stand between thousands.",
    ),
)
_LAYOUT = (
    click.option(
        "--records",
        metavar="PATH",
        help="Where the records are in a document of JSON: calls[], data.items[], or * for the"
        " values of an object.",
    ),
    click.option(
        "--columns",
        metavar="NAME,NAME...",
        help="The names of the columns of a file without a header.",
    ),
    click.option("--delimiter", metavar="CHAR", help="Between the cells of CSV. Else: found."),
    click.option("--encoding", metavar="NAME", help="Of text that is not UTF-8: latin-1, utf-16."),
    click.option(
        "--skip-lines",
        type=click.IntRange(0),
        default=0,
        help="Lines before the header or the data.",
    ),
    click.option(
        "--skip-last",
        type=click.IntRange(0, MOST_SKIPPED_LAST),
        default=0,
        help="Rows at the end, such as those of totals; empty ones do not count.",
    ),
    click.option("--sheet", metavar="NAME", help="Of a workbook. Else: the first that is shown."),
)
_TIMES = (
    click.option(
        "--timezone",
        metavar="ZONE",
        help="Zone of times without an offset, such as Europe/Lisbon. Without it: the server's.",
    ),
    click.option(
        "--as-of",
        type=click.Choice(["now", "end"]),
        help="What time records without updated_at are as of: their arrival, unless said, or their"
        " call's end.",
    ),
)


_OF_ROWS = (*_KIND, *_MAPPING, *_TIMES)
_OPTIONS = (*_KIND, *_FORMAT, *_MAPPING, *_LAYOUT, *_TIMES)
# Where rows are no file's, nothing is said of how one is read.
_NO_FILE: Mapping[str, object] = {
    "format_": None,
    **dict.fromkeys(("records", "columns", "delimiter", "encoding", "sheet")),
    "skip_lines": 0,
    "skip_last": 0,
}


def mapping_options(command: Command) -> Command:
    """Add the options to a command; `take_mapping` takes their values."""
    return _with(command, _OPTIONS)


def row_options(command: Command) -> Command:
    """Add those that are of rows, wherever they come from; `take_row_mapping` takes them."""
    return _with(command, _OF_ROWS)


def _with(command: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def take_row_mapping(given: dict[str, Any]) -> RecordMapping:
    """The mapping of rows that are no file's; raises as `take_mapping`."""
    mapping, _, _ = take_mapping({**given, **_NO_FILE})
    return mapping


def take_mapping(given: dict[str, Any]) -> tuple[RecordMapping, Format | None, Layout]:
    """The mapping, the format if one was named, and the layout as far as options say it.

    Takes their values out of those given.

    Raises `click.UsageError` where they make no sense, `Failure` where a mapping cannot be read.
    """
    kind, name = given.pop("kind"), given.pop("format_")
    base, format_ = base_mapping(kind, name, given.pop("mapping_file"))
    save = given.pop("save_mapping")
    said = _said(given)
    mapping = make_mapping(base, said)
    if save is not None:
        _save(save, mapping)
    return mapping, format_, said.layout


def _said(given: dict[str, Any]) -> Said:
    as_of, mark = given.pop("as_of"), given.pop("delimiter")
    wrong = wrong_delimiter(mark)
    if wrong is not None:
        raise click.UsageError(f"--delimiter {wrong}")
    names = ("moves", "constants", "dropped", "units", "formats", "words", "scales", "nulls")
    return Said(
        **{name: given.pop(name) for name in names},
        rest=given.pop("payload_rest"),
        timezone=given.pop("timezone"),
        as_of_end=None if as_of is None else as_of == "end",
        decimal=given.pop("decimal"),
        layout=_layout(given, mark),
    )


def _layout(given: dict[str, Any], mark: str | None) -> Layout:
    records, columns, encoding = (given.pop(name) for name in ("records", "columns", "encoding"))
    try:
        encoding = None if encoding is None else check_encoding(encoding)
    except UnreadableError as error:
        raise click.UsageError(f"--encoding: {error}") from None
    return Layout(
        records=() if records is None else (records,),
        columns=() if columns is None else _columns(columns),
        delimiter=mark,
        encoding=encoding,
        skip_lines=given.pop("skip_lines"),
        skip_last=given.pop("skip_last"),
        sheet=given.pop("sheet"),
    )


def check_used(said: Layout, formats: Iterable[Format]) -> None:
    """Raises `click.UsageError` for an option that no file of these formats would be read by."""
    named = sorted(set(formats))
    used = {name for one in named for name in USES[one]}
    name = unused(said, used)
    if name is not None:
        option = f"--{name.replace('_', '-')}"
        raise click.UsageError(f"{option} has no effect on files of the format {', '.join(named)}")


def _columns(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise click.UsageError("--columns: a name is empty")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise click.UsageError(f'--columns names "{twice}" twice')
    return names


def _save(file: Path, mapping: RecordMapping) -> None:
    file.write_text(mapping_text(mapping), encoding="utf-8")
