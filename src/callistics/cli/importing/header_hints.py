"""Options that would help with a header: one that is none, and names that are nearly fields."""

import re
from collections.abc import Iterator

from callistics.files.csv import OTHER_WIDTH
from callistics.files.preview import Preview
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.paths import PAYLOAD
from callistics.records.fields import ALL_FIELDS

_APART = re.compile(r"[\W_]+")


def about_header(found: Preview) -> Iterator[str]:
    """Of a title that was taken for the header: it is no row like those below it."""
    if found.table is None or found.table.header is None:
        return
    names = [column.name for column in found.columns]
    unnamed = sum(name == f"column {place}" for place, name in enumerate(names, start=1))
    of_other_width = sum(OTHER_WIDTH in error.message for _, error in found.errors)
    if unnamed * 2 >= max(len(names), 2) or of_other_width * 2 > max(found.rows, 2):
        yield (
            f'line {found.table.header:,} ("{names[0]}") was taken for the header: if the names of'
            " the columns are below it, --skip-lines N passes over the N lines above them"
        )


def about_names(found: Preview, mapping: RecordMapping) -> Iterator[str]:
    """Of columns that go into the payload, where a field that nothing fills has their name."""
    filled = {target for column in found.columns for target in column.targets or ()}
    fields = {_plain(name): name for name in ALL_FIELDS[mapping.kind]}
    for column in found.columns:
        field = fields.get(_plain(column.name))
        is_kept = column.targets == [f"{PAYLOAD}.{column.name}"]
        if is_kept and field is not None and field not in {*filled, *mapping.fields}:
            yield (
                f'"{column.name}" goes into the payload, and nothing fills {field}: --map'
                f' {field}="{column.name}", if that is what it is'
            )


def _plain(name: str) -> str:
    return _APART.sub("", name).casefold()
