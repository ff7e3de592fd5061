"""The panels of the dashboard: each a valid query, whose rows have what the panel names."""

import json
from typing import Any

import pytest

from callistics.analytics.parse import parse_request
from callistics.catalog.filters import FILTERS
from callistics.dashboard.document import DEFAULT_RANGE, RANGES, document
from callistics.dashboard.panels import PANELS, Kind, Panel
from callistics.model.scope import EVERYTHING
from callistics.queries import registry
from callistics.timezones import zone_names

NOW = 1_760_000_000_000_000
# Set together from one bucket of time.
DATES = {"date"}


def fields(panel: Panel) -> set[str]:
    names = {one.name for one in registry()[panel.query_type].columns}
    return names | set(panel.group_by)


def test_they_differ() -> None:
    assert len({one.id for one in PANELS}) == len(PANELS)
    assert len({one.title for one in PANELS}) == len(PANELS)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
class TestPanel:
    def test_its_query_is_valid(self, panel: Panel) -> None:
        (shown,) = [one for one in document()["panels"] if one["id"] == panel.id]
        request = parse_request(json.dumps(shown["query"]).encode(), EVERYTHING, "UTC", NOW)
        assert request.query_type == panel.query_type

    def test_it_names_fields_that_rows_have(self, panel: Panel) -> None:
        named = {one.field for one in panel.tiles} | {one.of for one in panel.tiles if one.of}
        assert named | set(panel.selects) <= fields(panel)

    def test_it_sets_filters_that_there_are(self, panel: Panel) -> None:
        set_ = {name for values in panel.sets.values() for one in values.values() for name in one}
        assert set_ | set(panel.selects.values()) <= FILTERS.keys() | DATES

    def test_it_shows_something(self, panel: Panel) -> None:
        (shown,) = [one for one in document()["panels"] if one["id"] == panel.id]
        assert (shown["spec"] is not None) == (panel.kind is Kind.PICTURE)
        assert bool(panel.tiles) == (panel.kind is Kind.TILES)
        assert panel.help.endswith(".")


def test_every_type_is_on_the_page_or_told_by_another() -> None:
    told_by_others = {"call_count", "top_outcomes"}
    assert {one.query_type for one in PANELS} == registry().keys() - told_by_others


@pytest.mark.parametrize("name", RANGES)
def test_every_range_offered_is_one(name: str) -> None:
    body = {"query_type": "call_count", "filters": {"date_range": name}}
    assert parse_request(json.dumps(body).encode(), EVERYTHING, "UTC", NOW).holds


def test_the_range_that_the_page_begins_with_is_offered() -> None:
    assert DEFAULT_RANGE in RANGES


def test_the_document_is_json_and_offers_every_filter() -> None:
    found: Any = json.loads(json.dumps(document()))
    offered = {one["name"]: one for one in found["filters"]}
    assert offered.keys() == FILTERS.keys() - {"date_from", "date_to", "date_range"}
    assert offered["direction"]["choices"] == ["outbound", "inbound"]
    assert offered["success"]["form"] == "flag"
    assert offered["min_cost"]["with_one"] == "currency"
    assert offered["outcome"]["valued"]
    assert not offered["lead_id"]["valued"]
    assert set(offered_zones := found["timezones"]) == zone_names()
    assert offered_zones == sorted(offered_zones)


def test_what_reached_and_success_mean_is_said_where_they_stand() -> None:
    shown = [one for one in PANELS if one.query_type == "success_rate"]
    assert all("spoken to" in one.help and "what it is for" in one.help for one in shown)


def test_a_stage_that_was_ever_reached_sets_no_filter_of_the_current_status() -> None:
    assert all(not one.selects for one in PANELS if one.query_type == "conversion_funnel")
