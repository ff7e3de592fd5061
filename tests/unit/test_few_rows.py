"""Where rows are few a look-up says the same of any records: it is planned once."""

from typing import Any

import duckdb
import pytest

from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.tuning import Tuning
from support.store import opened


def call(number: int, **fields: Any) -> dict[str, Any]:
    return {"call_id": f"c{number}", "lead_id": "l", "reseller_id": "r", **fields}


@pytest.mark.parametrize("whole", [0, 50_000])
def test_leads_and_their_calls_are_found_among_few_and_among_many(
    monkeypatch: pytest.MonkeyPatch, whole: int
) -> None:
    asked: set[str] = set()
    select = StatementCache.select

    def noted(statements: StatementCache, text: str) -> duckdb.DuckDBPyConnection:
        asked.add(text)
        return select(statements, text)

    with opened(tuning=Tuning(rows_scanned_whole=whole)) as store:
        for day in range(1, 20):
            if day == 3:
                # Until then some table had nothing to be found in.
                monkeypatch.setattr(StatementCache, "select", noted)
            started = f"2025-{day % 12 + 1:02}-{day:02}T10:00:00Z"
            both = [
                {**call(day, started_at=started), "merchant_id": merchant}
                for merchant in (f"m{day % 5}", "m")
            ]
            store.send("calls", both)
        assert (len(asked) == 2) == (whole > 0)
        found = store.rows("retry_analysis", filters={"merchant_id": "m"})
        assert sum(row["calls"] for row in found) == 19
        assert len(found) > 1
