"""Fields that a file has from some record on, which others leave out."""

import json
from pathlib import Path

import pytest

from support.people_files import TENANT

from .conftest import Run

# Of so many records the field of the last one comes too late to pyarrow 26 (`from_pylist`),
# polars 2.1, DuckDB 2.0, which refuses the file, and ClickHouse 26.9.
# See findings/a-field-that-comes-late-is-left-out.sh.
LATE = {"pyarrow": 2, "polars": 101, "duckdb": 20_481, "clickhouse": 25_001}


@pytest.mark.parametrize("place", LATE.values(), ids=LATE)
def test_the_last_record_has_what_no_other_had(place: int, run: Run, folder: Path) -> None:
    call = {"call_id": "a", "started_at": "2025-01-05T10:00:00Z", "campaign": {"city": "Delhi"}}
    last = {**call, "call_id": "b", "outcome": "NO_ANSWER", "voicemail": True}
    last["campaign"] = {"city": "Delhi", "plan": "gold"}
    records = [call] * (place - 1) + [last]
    (folder / "calls.ndjson").write_text("".join(f"{json.dumps(one)}\n" for one in records))
    run("import", "calls.ndjson", *TENANT, "--payload-rest")
    lines = run("calls", "search", "--format", "json").stdout.splitlines()
    (shown,) = (call for call in map(json.loads, lines) if call["call_id"] == "b")
    assert shown["outcome"] == "NO_ANSWER"
    assert shown["payload"] == {"campaign": {"city": "Delhi", "plan": "gold"}, "voicemail": True}
