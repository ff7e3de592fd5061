"""The reference pages that list what the product defines: filters, fields, settings, errors …"""

from collections.abc import Mapping
from typing import Any

from markdown_pages import in_json, page, table

from callistics.catalog.dimensions import GROUPABLE
from callistics.catalog.filters import FILTERS
from callistics.catalog.payload_operators import OPERATORS
from callistics.cli.commands.settings import value_text
from callistics.problem_types import PROBLEM_TYPES
from callistics.records.field import RecordKind
from callistics.records.fields import ALL_FIELDS
from callistics.records.unreached import SOURCES, sources_by_key
from callistics.setting_table import SettingInfo
from callistics.setting_table import table as settings_table
from callistics.sql.selection import Unit


def filters() -> str:
    """Every filter and every operator on the payload."""
    rows = [
        (f"`{spec.name}`", spec.type.label, spec.help, f"`{in_json(spec.example)}`")
        for spec in FILTERS.values()
    ]
    operators = [
        (f"`{name}`", one.help, f"`{in_json({name: one.example})}`")
        for name, one in OPERATORS.items()
    ]
    return page(
        "Filters",
        "All filters are joined by AND. `null` is the same as leaving a filter out; an unknown "
        "filter is refused (400), so that a typing error never widens an answer.",
        table(("Filter", "Type", "Meaning", "Example"), rows),
        "## Conditions on the payload\n\n`payload_filters` maps a key, or a path with dots, to a "
        "condition. A string, number or boolean is equality; a list is any of its values; `null` "
        "means absent or null; an object names operators, all of which must hold:",
        table(("Operator", "Matches where the value is", "Example"), operators),
        "What lists, nested objects and numbers sent as text mean: "
        "[Metric definitions](../metric-definitions.md#payloads).",
    )


def grouping() -> str:
    """Every field to group by."""
    rows = [
        (f"`{name}`", item.type, _units(item.on(Unit.CALLS), item.on(Unit.LEADS)), item.help)
        for name, item in GROUPABLE.items()
    ]
    rows.append(("`payload.<key>`", "string", "calls, leads", "Canonical text of the value."))
    return page(
        "Grouping",
        "`group_by` takes up to three of these. The fields come first in each row, in the order "
        "asked; groups are the combinations that occur. Percentages, ranks and rates are within "
        "the group.",
        table(("Field", "Type", "On types that count", "Meaning"), rows),
    )


def _units(on_calls: object, on_leads: object) -> str:
    return ", ".join(name for name, on in (("calls", on_calls), ("leads", on_leads)) if on)


def records() -> str:
    """Every field of calls and leads."""
    parts: list[str] = []
    for kind in RecordKind:
        rows = [
            (
                f"`{name}`",
                _schema_type(spec.schema),
                "yes" if spec.required else "",
                spec.help,
                f"`{in_json(spec.example)}`",
            )
            for name, spec in ALL_FIELDS[kind].items()
        ]
        header = ("Field", "Type", "Required", "Meaning", "Example")
        parts.append(f"## `POST /{kind}`\n\n{table(header, rows)}")
    return page(
        "Records",
        "The fields of a call and of a lead. Required fields need not be in every record: they "
        "must have come by the time the call or lead is to count. How records are merged: "
        "[Ingestion](../ingestion.md).",
        *parts,
    )


def unreached() -> str:
    """Every word for "nobody answered", and where it was found."""
    rows = [
        (f"`{key}`", ", ".join(dict.fromkeys(source.owner for source in sources)))
        for key, sources in sources_by_key().items()
    ]
    written = [
        (source.owner, source.document, ", ".join(f"`{word}`" for word in source.words))
        for source in SOURCES
    ]
    return page(
        "Unreached outcomes",
        "The words by which platforms and carriers say that nobody was spoken to. They are the "
        "default of the setting `unreached_outcomes`; an outcome that has the key of one of them "
        "is no success where `success_outcomes` is not set. What a key is: "
        "[Metric definitions](../metric-definitions.md#outcomes-and-success).",
        table(("Key", "Said by"), rows),
        "## Sources\n\nEach word as it is written where it was found.",
        table(("Of", "Found in", "Words"), written),
    )


def _schema_type(schema: Mapping[str, Any]) -> str:
    if "oneOf" in schema:
        return " or ".join(_schema_type(one) for one in schema["oneOf"])
    name = str(schema["type"])
    return f"{name} ({schema['format']})" if "format" in schema else name


def settings() -> str:
    """Every setting."""
    rows = [
        (f"`{item.name}`", f"`{item.variable}`", _default(item), item.help)
        for item in settings_table()
    ]
    return page(
        "Settings",
        "A setting comes from the command line, else from the environment, else from "
        "`callistics.toml` in the working directory or the file that `CALLISTICS_CONFIG` names. "
        "A setting that is unknown or wrong keeps the server from starting, with a sentence for "
        "each. In the environment lists are written with commas (`new,contacted,converted`), and "
        'settings of single templates or merchants as JSON objects (`{"mer_abc": 90}`); in the '
        "file they are arrays and tables.",
        table(("Setting", "Environment variable", "Default", "Meaning"), rows),
    )


def error_types() -> str:
    """Every kind of error answer."""
    rows = [
        (str(kind.status), f"`{kind.uri}`", kind.title, kind.when, kind.advice)
        for kind in PROBLEM_TYPES
    ]
    return page(
        "Error types",
        "Every kind of error answer. The `type` is stable: programs may depend on it. The form of "
        "the answer: [Errors](../errors.md).",
        table(("Status", "`type`", "`title`", "When", "What to do"), rows),
    )


def _default(item: SettingInfo) -> str:
    shown = value_text(item, item.default)
    return shown if shown == "not set" else f"`{shown}`"
