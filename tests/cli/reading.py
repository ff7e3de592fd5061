"""Helpers: files of records as the lines that would be sent."""

# pyright: reportArgumentType=false

import io
import json
from dataclasses import replace
from typing import Any

from callistics.cli.importing.mapping_options import Said, make_mapping, plain_mapping
from callistics.files.csv import csv_table
from callistics.files.encode import as_texts
from callistics.files.encoding import as_utf8
from callistics.files.lines import Line
from callistics.files.mapped import changed
from callistics.files.ndjson import json_lines
from callistics.files.tables import table_lines
from callistics.mapping.mapping import RecordMapping
from callistics.records.field import RecordKind


def rules(
    *moves: str,
    constants: tuple[str, ...] = (),
    dropped: tuple[str, ...] = (),
    rest: bool = False,
    timezone: str | None = None,
    kind: RecordKind = RecordKind.CALLS,
    as_of_end: bool = False,
    **said: Any,
) -> RecordMapping:
    """The mapping of `--map` texts and the other options."""
    found = Said(moves, constants, dropped, rest, timezone, as_of_end, **said)
    return make_mapping(plain_mapping(kind), found)


def from_csv(
    text: str | bytes, found: RecordMapping | None = None, delimiter: str | None = None
) -> list[Line]:
    """The lines of a CSV text."""
    data = text if isinstance(text, bytes) else text.encode()
    mapping = found or rules()
    if delimiter is not None:
        mapping = replace(mapping, layout=replace(mapping.layout, delimiter=delimiter))
    text_of_file = as_utf8(io.BufferedReader(io.BytesIO(data)), mapping.layout.encoding)
    return list(as_texts(table_lines(csv_table(text_of_file, mapping.layout), mapping)))


def from_json(text: str | bytes) -> list[Line]:
    """The lines of a JSON text."""
    data = text if isinstance(text, bytes) else text.encode()
    return list(json_lines(io.BufferedReader(io.BytesIO(data))))


def records(lines: list[Line]) -> list[Any]:
    """What the lines say, none of them wrong."""
    assert all(line.wrong is None for line in lines), lines
    return [json.loads(line.body) for line in as_texts(lines)]


def text_of(line: Line) -> object:
    """A record as the line of JSON that a server is sent."""
    ((_, text, wrong),) = as_texts([line])
    assert wrong is None
    return text


def numbered(lines: list[Line]) -> dict[int, str | None]:
    """The number of each line, and what is wrong with it."""
    return {line.number: line.wrong for line in lines}


def change(record: dict[str, Any], found: RecordMapping) -> Any:
    (line,) = changed(from_json(json.dumps(record)), found)
    return line.wrong or records([line])[0]
