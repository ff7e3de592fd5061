"""Records to send over HTTP, and how many calls are counted."""

import json
from typing import Any

from support.server import Server

CALL = {
    "call_id": "c1",
    "merchant_id": "m1",
    "reseller_id": "r1",
    "started_at": "2025-01-15T09:30:00Z",
}
NDJSON = {"Content-Type": "application/x-ndjson"}


def lines(*records: object) -> bytes:
    return b"\n".join(json.dumps(record).encode() for record in records) + b"\n"


def numbered(count: int) -> list[dict[str, Any]]:
    return [{**CALL, "call_id": f"c{number}"} for number in range(count)]


def count(server: Server, **filters: Any) -> int:
    return server.rows("call_count", filters=filters)[0]["count"]
