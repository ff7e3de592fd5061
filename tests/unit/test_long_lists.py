"""Filters by long lists of values find what short ones do, and take no longer for each row."""

import pytest

from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.sql.fragment import raw
from support.engines import ENGINES
from support.store import lent

OTHERS = [f"OTHER{number}" for number in range(100)]
CALLS = [
    {"call_id": f"c{number}", "lead_id": lead, "provider": provider, "merchant_id": "m"}
    | {"reseller_id": "r", "started_at": "2025-01-15T09:30:00Z"}
    for number, (lead, provider) in enumerate(
        [("a", "A"), ("a", "B"), ("b", "B"), ("c", None), ("d", OTHERS[-1])]
    )
]


@pytest.mark.parametrize("engine", ENGINES)
def test_leads_are_found_by_one_of_many_providers(engine: str) -> None:
    with lent(engine) as store:
        store.send("calls", CALLS)
        for asked, found in ((["A"], 1), (["A", None], 2), (["B"], 2)):
            for names, more in ((asked, 0), ([*OTHERS, *asked], 1)):
                (row,) = store.rows("status_distribution", filters={"provider": names})
                assert row["count"] == found + more


def test_each_element_is_looked_for_among_many_values() -> None:
    """DuckDB's `list_has_any` looks through all of the values for each row."""
    asked = str(DuckDBDialect().has_any(raw("l.providers"), OTHERS))
    assert "list_contains" in asked
    assert "list_has_any" not in asked
