"""`callistics import --dry-run`: what would be done, without a server or a store."""

from collections.abc import Iterator

import click

from callistics.cli.importing.hints import hints
from callistics.cli.importing.import_file import Reading
from callistics.cli.root import Failure
from callistics.files.lines import UnreadableError
from callistics.files.open import Format
from callistics.files.preview import LOOKED_AT, Column, Preview, preview
from callistics.files.remote import local_copy, shown_name
from callistics.files.repeats import Repeats
from callistics.mapping.mapping import RecordMapping
from callistics.model.json import encode

_ERRORS_SHOWN = 5
_LONGEST_NAME = 40
_LONGEST_RECORD = 400

_TITLES: dict[Format, str] = {
    "ndjson": "JSON",
    "csv": "CSV",
    "tsv": "CSV",
    "xlsx": "a workbook",
    "parquet": "Parquet",
    "arrow": "Arrow",
}
_MARKS = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}


def show_plan(name: str, reading: Reading) -> None:
    """Print what an import of a file would do. Raises `Failure` where it cannot be read."""
    try:
        with local_copy(name) as path:
            found = preview(path, reading.format_of(name), reading.mapping)
    except UnreadableError as error:
        raise Failure(f"{shown_name(name)}: {error}") from error
    for line in plan(shown_name(name), found, reading.mapping):
        click.echo(line)


def plan(name: str, found: Preview, mapping: RecordMapping) -> Iterator[str]:
    """The lines that are printed."""
    yield f"{name}: {_about_file(found)}. Nothing was stored."
    yield from (f"  {note}" for note in found.notes)
    if found.table is not None:
        yield from (f"  {note}" for note in found.table.about_ending())
    yield from _section("Columns", _columns(found, mapping))
    records = [_shortened(encode(record).decode()) for _, record in found.records]
    yield from _section(f"The first {len(records)} of {_rows(found)} as records", records)
    yield from _section("Named more than once", _repeated(found, mapping))
    yield from _section("Not understood", _problems(found))
    yield from _section("What would help", hints(found, mapping))


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)


def _about_file(found: Preview) -> str:
    table, parts = found.table, [] if found.format is None else [_TITLES[found.format]]
    if table is not None and table.delimiter is not None:
        parts.append(f"cells apart by {_MARKS.get(table.delimiter, table.delimiter)}")
    if table is not None and found.format in ("csv", "tsv", "xlsx"):
        where = "no header" if table.header is None else f"header in line {table.header:,}"
        parts.append(where)
    if table is not None and table.left_out:
        parts.append(f"{_counted(table.left_out, 'empty row')} left out")
    return ", ".join([*parts, _rows(found)])


def _rows(found: Preview) -> str:
    return ("the first " if found.rows >= LOOKED_AT else "") + _counted(found.rows, "row")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" + "s" * (number != 1)


def _columns(found: Preview, mapping: RecordMapping) -> list[str]:
    rules = mapping.fields.items()
    made = [(f"({name})", f"made of {', '.join(one.hashed)}") for name, one in rules if one.hashed]
    fixed = [(f"({name})", f"= {one.value}") for name, one in rules if one.value is not None]
    rows = [(column.name, _becomes(column, mapping)) for column in found.columns]
    rows += [*made, *fixed]
    width = min(max((len(name) for name, _ in rows), default=0), _LONGEST_NAME)
    return [f"{name.ljust(width)}  {text}" for name, text in rows]


def _becomes(column: Column, mapping: RecordMapping) -> str:
    if column.targets is None:
        return "?"
    if not column.targets:
        return "left out"
    return ", ".join(_read_as(target, mapping) for target in column.targets)


def _read_as(target: str, mapping: RecordMapping) -> str:
    """A target with how its values are read, where that was said."""
    rule = mapping.fields.get(target)
    if rule is None:
        return target
    how = [rule.unit or "", *rule.formats]
    how += [f"times {rule.scale}"] if rule.scale is not None else []
    how += [f"{word}={value}" for word, value in rule.words.items()]
    text = "; ".join(filter(None, how))
    return f"{target} ({text})" if text else target


def _problems(found: Preview) -> list[str]:
    lines = found.wrong.splitlines() if found.wrong else []
    for number, error in found.errors[:_ERRORS_SHOWN]:
        where = ".".join(error.steps)
        text = type(error)("", error.message, error.value).line()
        lines.append(f"line {number:,}: {where}: {text}" if where else f"line {number:,}: {text}")
    if len(found.errors) > _ERRORS_SHOWN:
        lines.append(f"… {found.bad:,} rows in all")
    return lines


def _repeated(found: Preview, mapping: RecordMapping) -> list[str]:
    """What becomes of records that name what the file has named before."""
    repeats, kind = found.repeats, mapping.kind.value[:-1]
    if repeats is None or repeats.example is None:
        return []
    line, before, identity = repeats.example
    lines = [
        f"{repeats.number:,} of {_rows(found)} name a {kind} that the file has named before, and"
        f" will be merged with it: {_counted(repeats.named, kind)} in all. The first is line"
        f" {line:,}, {mapping.kind.id_field} {identity}, as in line {before:,}."
    ]
    if repeats.same:
        lines.append(f"{repeats.same:,} say the same again, and change nothing.")
    if repeats.same < repeats.number:
        lines.append(_winning(repeats))
        id_field = mapping.kind.id_field
        advice = f"make the id of several columns: --map {id_field}=id+leg."
        lines.append(f"If they are different {kind}s, {advice}")
    return lines


def _winning(repeats: Repeats) -> str:
    if repeats.untimed:
        return (
            "Where they differ, those without updated_at are all as of their arrival, so nothing"
            " says which is newer, and of each field an arbitrary value stays: --map"
            " updated_at=COLUMN decides it."
        )
    return "Where they differ, the value with the newest updated_at stays, field by field."


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_RECORD else f"{text[:_LONGEST_RECORD]}…"
