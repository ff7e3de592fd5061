"""Short ways to write records and to ask about them."""

from collections.abc import Iterable
from typing import Any

from .reference import Reference, ReferenceSettings

Rows = list[dict[str, Any]]
IDS = {"merchant_id": "m", "reseller_id": "r"}
LATE = 1_800_000_000_000_000


def call(call_id: str, start: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    return "calls", {"call_id": call_id, "started_at": start} | IDS | fields


def lead(lead_id: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    return "leads", {"lead_id": lead_id} | IDS | fields


def calls_at(*starts: str, **fields: Any) -> list[tuple[str, dict[str, Any]]]:
    return [call(f"c{n:03}", start, **fields) for n, start in enumerate(starts)]


def reference(
    records: Iterable[tuple[str, dict[str, Any]]], settings: ReferenceSettings | None = None
) -> Reference:
    made = Reference(settings)
    for arrived, (kind, record) in enumerate(records, start=LATE):
        made.send(kind, record, arrived)
    return made


def rows(made: Reference, query_type: str, **body: Any) -> Rows:
    return made.ask({"query_type": query_type, "page_size": 10_000} | body, None)["data"]


def between(first: str, last: str, **filters: Any) -> dict[str, Any]:
    return {"date_from": first, "date_to": last} | filters


def column(found: Rows, name: str) -> list[Any]:
    return [row[name] for row in found]


def series(made: Reference, granularity: str, first: str, last: str, zone: str = "UTC") -> Rows:
    body = {"granularity": granularity, "filters": between(first, last), "timezone": zone}
    return rows(made, "calls_over_time", **body)
