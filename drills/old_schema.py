"""A database of the first schema, whose answers are known."""

import json
from pathlib import Path
from typing import Any

from migrations.frozen import COMMITS, FIXTURES, POLICY, thaw

OLD_CALLS = sorted(
    call["call_id"]
    for kind, calls in COMMITS[:3]
    for call in calls
    if kind == "calls" and "started_at" in call and not call.get("test")
)
"""The ids of calls that it has and that count."""
SETTINGS = {
    "CALLISTICS_SUCCESS_OUTCOMES": json.dumps(POLICY.success_outcomes),
    "CALLISTICS_LEAD_STAGES": json.dumps(POLICY.lead_stages),
}
"""What its answers are as they are with."""
_LINES = (FIXTURES / "answers.ndjson").read_text(encoding="utf-8").splitlines()
_ANSWERS: list[dict[str, Any]] = [json.loads(line) for line in _LINES]
ANSWERS = [
    (one["ask"], one["data"])
    for one in _ANSWERS
    if one["when"] == "stored" and one["ask"].get("filters") == {"reseller_id": "north"}
]
"""Queries of every type about one of its tenants, and the rows of their answers."""


def make_old(folder: Path) -> None:
    """Put it where a server of the folder opens it."""
    thaw("duckdb", folder / "test.db")
