"""The calls and leads that are to be erased, as a file names them."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from callistics.cli.root import Failure

_KINDS = {"lead_id": "leads", "call_id": "calls"}
_MERCHANT = "merchant_id"
_OTHER_DELIMITERS = re.compile(r"[,;\t|]")
_MARKS = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True)
class Named:
    """A call or lead: its kind as of a path, its id, and whose it is if that was said."""

    kind: str
    identity: str
    merchant_id: str | None


def named_in(path: Path, kind: str, merchant_id: str | None) -> list[Named]:
    """The records of a CSV file of UTF-8, each once.

    Its header names `lead_id` or `call_id`, and `merchant_id` if it says whose each one is;
    without one it is a list of ids of the kind. Raises `Failure` where a row names none, and
    `click.UsageError` where the header names leads and the kind is calls.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            rows = [(number, row) for number, row in enumerate(csv.reader(file), 1) if any(row)]
        except (csv.Error, UnicodeDecodeError) as error:
            raise Failure(f"{path}: not CSV in UTF-8: {error}") from error
    columns = _header(path, rows[0][1]) if rows else []
    if not columns:
        columns = [next(name for name, one in _KINDS.items() if one == kind)]
    else:
        rows = rows[1:]
    if kind == "calls" and "lead_id" in columns:
        raise click.UsageError(f"{path} has a column lead_id, so it names leads: leave --calls out")
    return list(dict.fromkeys(_named(path, columns, rows, merchant_id)))


def _header(path: Path, row: Sequence[str]) -> list[str]:
    """The columns that a first row names; none where it is no header."""
    columns = [cell.strip() for cell in row]
    known = [name for name in columns if name in _KINDS]
    if not known and _MERCHANT not in columns:
        _check_is_no_header(path, columns)
        return []
    if len(known) != 1 or len(set(columns)) < len(columns):
        raise Failure(f"{path}: the header must name lead_id or call_id, and no column twice")
    unknown = [name for name in columns if name not in (*_KINDS, _MERCHANT)]
    if unknown:
        raise Failure(
            f"{path}: unknown column {unknown[0]!r}: it takes lead_id or call_id, and {_MERCHANT}"
        )
    return columns


def _check_is_no_header(path: Path, cells: Sequence[str]) -> None:
    """Raises `Failure` for a row that would be a header if it were written otherwise."""
    parts = [part for cell in cells for part in _OTHER_DELIMITERS.split(cell)]
    names = {_MARKS.sub("", name) for name in (*_KINDS, _MERCHANT)}
    if any(_MARKS.sub("", part.casefold()) in names for part in parts):
        raise Failure(
            f"{path}: the first row {','.join(cells)!r} is no header that is known: write it as"
            f" lead_id or call_id, and {_MERCHANT}, in small letters and with commas between the"
            " cells of every row"
        )


def _named(
    path: Path,
    columns: Sequence[str],
    rows: Sequence[tuple[int, list[str]]],
    merchant_id: str | None,
) -> Iterator[Named]:
    (of_id,) = (name for name in columns if name in _KINDS)
    for number, row in rows:
        cells = dict(zip(columns, row, strict=False))
        if len(row) != len(columns) or not cells.get(of_id):
            raise Failure(
                f"{path}, row {number:,}: has no {of_id}, or other columns than the header"
            )
        yield Named(_KINDS[of_id], cells[of_id], cells.get(_MERCHANT) or merchant_id)
