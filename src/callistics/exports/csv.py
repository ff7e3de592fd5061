"""CSV as of RFC 4180: UTF-8, CRLF, a header; null is an empty field, the empty text is `""`.

The standard library's writer cannot tell null from the empty text without quoting all others.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

import pyarrow as pa

from callistics.exports.rows import Rows, json_text

# What makes a spreadsheet run a text as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_QUOTED = re.compile('[",\r\n]')


def write_csv(
    schema: pa.Schema, chunks: Iterable[Rows], *, keep_formulas: bool = False
) -> Iterator[bytes]:
    """The pieces of the file; a text that would be run as a formula begins with `'` then.

    Numbers are no text.
    """
    return lines_of(schema.names, chunks, keep_formulas=keep_formulas)


def lines_of(
    names: Sequence[str], chunks: Iterable[Rows], *, keep_formulas: bool = False
) -> Iterator[bytes]:
    """The same of rows that have these fields, whatever the types of these."""
    text = _quoted if keep_formulas else _guarded
    yield _line(map(text, names))
    for rows in chunks:
        yield b"".join(_line([_field(row[name], text) for name in names]) for row in rows)


def _line(fields: Iterable[str]) -> bytes:
    return (",".join(fields) + "\r\n").encode()


def _field(value: object, text: Callable[[str], str]) -> str:
    if isinstance(value, str):
        return text(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float):
        return repr(value)
    return text(json_text(value))


def _guarded(text: str) -> str:
    return _quoted("'" + text if text.startswith(_FORMULA) else text)


def _quoted(text: str) -> str:
    if text and not _QUOTED.search(text):
        return text
    return '"' + text.replace('"', '""') + '"'
