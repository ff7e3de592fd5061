"""Calls and ranges that worked cases are written with."""

from collections.abc import Mapping, Sequence
from typing import Any


def call(number: int, start: str, **fields: Any) -> dict[str, Any]:
    identity = {"call_id": f"c{number}", "merchant_id": "m", "reseller_id": "r"}
    return {**identity, "started_at": start, **fields}


def calls(*starts: str, **fields: Sequence[Any]) -> list[dict[str, Any]]:
    """One call for each start, with the value of each field in the same place."""
    return [
        call(number, start, **{name: values[number] for name, values in fields.items()})
        for number, start in enumerate(starts)
    ]


def between(first: str, last: str, **more: Any) -> dict[str, Any]:
    return {"date_from": first, "date_to": last, **more}


def figures(rows: Sequence[Mapping[str, Any]], name: str = "count") -> list[Any]:
    return [row[name] for row in rows]
