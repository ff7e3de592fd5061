"""An answer with its picture: what a file shows of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callistics.cli.client import Client
from callistics.cli.query_batch import JSON
from callistics.pictures.labels import label
from callistics.pictures.specification import specification
from callistics.pictures.unfinished import unfinished_from
from callistics.queries import registry
from callistics.sql.selection import Unit

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Completeness:
    """What the server says of the range of a query: how it was read, and until when it is whole."""

    range: str
    until: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One answer; `spec` is its picture, or None where it has none and is a table alone."""

    title: str
    subtitle: str
    spec: Mapping[str, Any] | None
    columns: tuple[tuple[str, str], ...]
    rows: Sequence[Row]


def completeness(client: Client, body: Mapping[str, Any]) -> Completeness:
    """Asked with the same filters and zone. Raises `ApiError`, `Failure`."""
    asked = {name: body[name] for name in ("filters", "timezone") if name in body}
    content = json.dumps({"query_type": "call_count", **asked}).encode()
    answer = client.request("POST", "/analytics", content=content, headers=JSON, repeatable=True)
    headers = answer.headers
    return Completeness(headers["Callistics-Range"], headers["Callistics-Complete-Until"])


def drawing(body: Mapping[str, Any], answer: Mapping[str, Any], known: Completeness) -> Drawing:
    """The answer to a body, drawn; the rows are shown as they are."""
    name, rows = str(answer["query_type"]), answer["data"]
    group_by: list[str] = list(body.get("group_by") or ())
    kind = registry().get(name)
    spec = None if kind is None else specification(name, group_by, body.get("measure"))
    if spec is not None:
        labels = list(dict.fromkeys(row["date"] for row in rows if "date" in row))
        spec = _set(spec, unfinished_from=unfinished_from(labels, known.range, known.until))
    names = dict.fromkeys(key for row in rows for key in row)
    unit = kind.unit if kind else Unit.CALLS
    return Drawing(
        title=name.replace("_", " ").capitalize() + (_measured(body)),
        subtitle=_subtitle(known, answer),
        spec=spec,
        columns=tuple((key, label(key, unit)) for key in names),
        rows=rows,
    )


def _measured(body: Mapping[str, Any]) -> str:
    return f": {label(body['measure'])}" if body.get("measure") else ""


def _subtitle(known: Completeness, answer: Mapping[str, Any]) -> str:
    begin, _, end = known.range.partition("/")
    shown, total = len(answer["data"]), answer["total"]
    part = "" if shown == total else f"; {shown:,} of {total:,} rows, --all for all"
    if begin == end == "..":
        return f"all time{part}"
    return f"{begin} to {end}{part}"


def _set(spec: Mapping[str, Any], **values: object) -> dict[str, Any]:
    params = [
        {**one, "value": values[one["name"]]} if one["name"] in values else one
        for one in spec["params"]
    ]
    return {**spec, "params": params}
