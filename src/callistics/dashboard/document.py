"""What the page asks for first: the panels, how they look, and what it may filter by."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from callistics.catalog import filter_types
from callistics.catalog.dimensions import GROUPABLE
from callistics.catalog.filter_types import FLAG, FilterType
from callistics.catalog.filters import FILTERS, RANGE, Filter
from callistics.catalog.values import VALUED
from callistics.dashboard.address import ABSENT, EVERYTHING, PAYLOAD
from callistics.dashboard.panels import PANELS, Panel, Tile
from callistics.model.buckets import Granularity
from callistics.pictures.labels import label
from callistics.pictures.specification import specification
from callistics.pictures.theme import theme
from callistics.queries import registry
from callistics.records.field import RecordKind
from callistics.records.fields import ALL_FIELDS
from callistics.timezones import zone_names

Json = dict[str, Any]

RANGES: Mapping[str, str] = {
    "today": "Today",
    "yesterday": "Yesterday",
    "past_24_hours": "Past 24 hours",
    "last_7_days": "Last 7 days",
    "last_30_days": "Last 30 days",
    "this_week": "This week",
    "last_week": "Last week",
    "this_month": "This month",
    "last_month": "Last month",
    "this_quarter": "This quarter",
    "last_quarter": "Last quarter",
    "last_12_months": "Last 12 months",
    "this_year": "This year",
    "last_year": "Last year",
}
"""Values of the filter `date_range` that the page offers, with their labels."""
DEFAULT_RANGE = "last_30_days"


@cache
def document() -> Json:
    """The panels with their specifications, the themes, and what the filter bar offers.

    It holds nothing of any record.
    """
    return {
        "panels": [_panel(one) for one in PANELS],
        "themes": {"light": theme("light"), "dark": theme("dark")},
        "address": {"absent": ABSENT, "everything": EVERYTHING, "payload": PAYLOAD},
        "filters": [_filter(one) for name, one in FILTERS.items() if name not in RANGE],
        "groups": [{"name": name, "label": label(name)} for name in GROUPABLE],
        "ranges": [{"name": name, "label": text} for name, text in RANGES.items()],
        "default_range": DEFAULT_RANGE,
        "timezones": sorted(zone_names()),
        "granularities": [{"name": one.value, "label": label(one.value)} for one in Granularity],
    }


def _panel(panel: Panel) -> Json:
    kind = registry()[panel.query_type]
    query = {
        "query_type": panel.query_type,
        "group_by": list(panel.group_by),
        "measure": panel.measure,
        "page_size": panel.page_size,
    }
    columns = [(name, GROUPABLE[name].type) for name in panel.group_by]
    columns += [(one.name, one.type) for one in kind.columns if not one.optional or panel.measure]
    return {
        "id": panel.id,
        "section": panel.section,
        "title": panel.title,
        "help": panel.help,
        "kind": panel.kind.value,
        "query": {name: value for name, value in query.items() if value},
        "uses_granularity": kind.uses_granularity,
        "unit": str(kind.unit),
        "tiles": [_tile(one) for one in panel.tiles],
        "columns": [
            {"name": name, "label": label(name, kind.unit), "type": type_}
            for name, type_ in columns
        ],
        "spec": specification(panel.query_type, panel.group_by, panel.measure)
        if panel.kind == "picture"
        else None,
        "selects": dict(panel.selects),
        "sets": panel.sets,
    }


def _tile(tile: Tile) -> Json:
    return {
        "field": tile.field,
        "label": label(tile.field),
        "form": tile.form.value,
        "of": tile.of,
        "of_label": label(tile.of) if tile.of else None,
        "rises_well": tile.rises_well,
    }


def _filter(one: Filter) -> Json:
    return {
        "name": one.name,
        "label": label(one.name),
        "help": one.help,
        "form": _form(one.type),
        "upper": one.upper,
        "with_one": one.with_one,
        "choices": _choices(one.name),
        "valued": one.name in VALUED,
    }


def _form(kind: FilterType) -> str:
    if kind is filter_types.PAYLOAD:
        return "payload"
    if kind is FLAG:
        return "flag"
    if kind.listed:
        return "numbers" if kind.number else "values"
    return "number" if kind.number else "text"


def _choices(name: str) -> list[str] | None:
    """The values that a filter may have, where they are fixed."""
    of_field = ALL_FIELDS[RecordKind.CALLS].get(name)
    return list(of_field.type.choices) or None if of_field else None
