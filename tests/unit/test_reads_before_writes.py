"""A commit reads what it needs of a table before it writes into it."""

import re
from typing import Any

import pytest

from callistics.engines.duckdb.statement_cache import StatementCache
from support.store import opened

CALL = {"merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-15T09:30:00Z"}
LEAD = {"merchant_id": "m", "reseller_id": "r"}


def test_no_table_is_read_after_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    for name in ("execute", "repeat", "select", "table"):
        run = getattr(StatementCache, name)

        def heard(
            self: StatementCache, text: str, *values: Any, run: Any = run, **more: Any
        ) -> Any:
            said.append(text)
            return run(self, text, *values, **more)

        monkeypatch.setattr(StatementCache, name, heard)
    with opened() as store:
        leads = [{**LEAD, "lead_id": f"l{number}"} for number in range(3)]
        calls = [{**CALL, "call_id": f"c{number}", "lead_id": "l1"} for number in range(3)]
        pending = {"call_id": "p1", "merchant_id": "m"}
        store.send_together([("leads", leads), ("calls", [*calls, pending])])
        said.clear()
        changed = [{**call, "provider": "TWILIO"} for call in calls]
        more = [{**lead, "payload": {"city": "Pune"}} for lead in leads]
        late = {**CALL, **pending, "lead_id": "l2"}
        store.send_together([("leads", more), ("calls", [*changed, late])])
    for table in ("calls", "calls_held", "lead_records", "leads"):
        writes = [place for place, text in enumerate(said) if f"INSERT INTO {table} " in text]
        found = re.compile(rf"\b(?:FROM|JOIN) {table}\b")
        reads = [place for place, text in enumerate(said) if found.search(text)]
        assert reads, table
        assert not writes or max(reads) < min(writes), table
    assert sum("INSERT INTO lead_records " in text for text in said) == 1
