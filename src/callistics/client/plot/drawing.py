"""An answer with its picture: what is shown of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callistics.client.errors import PictureError
from callistics.client.rows.answers import Answer
from callistics.pictures.labels import label
from callistics.pictures.specification import specification
from callistics.pictures.unfinished import unfinished_from
from callistics.queries import registry
from callistics.sql.selection import Unit

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One answer; `spec` is its picture, or None where it has none and is a table alone."""

    title: str
    subtitle: str
    spec: Mapping[str, Any] | None
    columns: tuple[tuple[str, str], ...]
    rows: Sequence[Row]


def drawing(answer: Answer) -> Drawing:
    """The answer, drawn; the rows are shown as they are.

    Raises `PictureError` for a time series that does not say until when it is complete.
    """
    name, rows, body = answer.query_type, answer.rows, answer.query
    kind = registry().get(name)
    spec = None
    if kind is not None:
        spec = specification(name, list(body.get("group_by") or ()), body.get("measure"))
    if spec is not None and rows and "date" in rows[0]:
        labels = list(dict.fromkeys(row["date"] for row in rows))
        spec = _set(spec, unfinished_from=_unfinished(labels, answer))
    names = dict.fromkeys(key for row in rows for key in row)
    unit = kind.unit if kind else Unit.CALLS
    return Drawing(
        title=name.replace("_", " ").capitalize() + _measured(body),
        subtitle=_subtitle(answer),
        spec=spec,
        columns=tuple((key, label(key, unit)) for key in names),
        rows=rows,
    )


def _unfinished(labels: Sequence[str], answer: Answer) -> str | None:
    if answer.range is None or answer.complete_until is None:
        raise PictureError(
            f"{answer.query_type} as one of several queries does not say which of its buckets are"
            " still to come: ask it by itself to draw it"
        )
    return unfinished_from(labels, answer.range, answer.complete_until)


def _measured(body: Mapping[str, Any]) -> str:
    return f": {label(body['measure'])}" if body.get("measure") else ""


def _subtitle(answer: Answer) -> str:
    shown, total = len(answer.rows), answer.total
    part = "" if shown == total else f"{shown:,} of {total:,} rows"
    if answer.range is None:
        return part
    begin, _, end = answer.range.partition("/")
    span = "all time" if begin == end == ".." else f"{begin} to {end}"
    return f"{span}; {part}" if part else span


def _set(spec: Mapping[str, Any], **values: object) -> dict[str, Any]:
    params = [
        {**one, "value": values[one["name"]]} if one["name"] in values else one
        for one in spec["params"]
    ]
    return {**spec, "params": params}
