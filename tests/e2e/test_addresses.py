"""An address that is made for people asks the page for exactly what the query asked."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from callistics.catalog.filters import FILTERS
from callistics.dashboard.address import address
from callistics.dashboard.document import document
from support.dashboard import Dashboard
from support.live import Live

READ = """async (search) => {
    const { href } = document.querySelector('link[href$="/js/state.js"]');
    return (await import(href)).read(search);
}"""
LISTED = ("values", "numbers")
FORMS = {one["name"]: one["form"] for one in document()["filters"]}


@pytest.fixture(scope="module")
def queries() -> list[dict[str, Any]]:
    """Each filter on its own, absence in a list, and all that is no filter."""
    return [
        *({"filters": {name: one.example}} for name, one in FILTERS.items()),
        {"filters": {"outcome": ["BUSY", None], "reached": False, "date_range": "last_30_days"}},
        {"filters": {"payload_filters": {"a & b=é": {"in": ["x+y", 1.5, True]}}}},
        {"timezone": "Asia/Kolkata", "granularity": "week", "compare": "previous_year"},
        {"filters": None, "compare": None},
    ]


def as_listed(filters: Mapping[str, Any]) -> dict[str, Any]:
    """As the page keeps filters: those of a list always as one."""
    return {
        name: value if isinstance(value, list) or FORMS.get(name) not in LISTED else [value]
        for name, value in filters.items()
    }


def test_the_page_reads_what_was_asked(shown: Dashboard, queries: list[dict[str, Any]]) -> None:
    for query in queries:
        state = shown.page.evaluate(READ, "?" + address(query))
        assert state["unknown"] == []
        assert state["filters"] == as_listed(query.get("filters") or {}), query
        assert state["compare"] == (query.get("compare") or "none")
        assert state["timezone"] == query.get("timezone", "UTC")
        assert state["granularity"] == query.get("granularity", "auto")


def test_what_an_address_says_is_taken_exactly(shown: Dashboard) -> None:
    long = "9007199254740993"
    payload = f'{{"account":{long},"in":[{long},1,1e20,1e400]}}'
    query = urlencode({"payload": payload, "success": "constructor", "refresh": "0.001"})
    state = shown.page.evaluate(READ, "?" + query)
    assert state["filters"]["payload_filters"] == {"account": long, "in": [long, 1, 1e20, "1e400"]}
    assert state["filters"]["success"] == "constructor"
    assert state["refresh"] == 0


def test_the_page_shows_the_figures_of_the_query(site: Live, signed_in: Dashboard) -> None:
    query = {"filters": {"outcome": "CONFIRMED", "hour": [9, 10]}, "timezone": "Asia/Kolkata"}
    signed_in.show("?" + address(query))
    (row,) = site.rows("call_count", **query)
    figure = signed_in.panel("calls").locator("[data-field=calls]").first
    expect(figure).to_have_attribute("value", str(row["count"]))
    assert row["count"] > 0
