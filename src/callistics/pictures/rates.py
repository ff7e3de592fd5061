"""Figures of groups beside each other: lines where the groups have an order, else bars."""

from collections.abc import Mapping, Sequence
from typing import Any

from callistics.catalog.dimensions import GROUPABLE
from callistics.pictures.bars import x_of, y_of
from callistics.pictures.expressions import (
    Fact,
    field,
    group_text,
    number,
    quoted,
    share,
)
from callistics.pictures.few import Weight
from callistics.pictures.frame import (
    BAR_HEIGHT,
    Layer,
    Spec,
    Transforms,
    calculated,
    frame,
    from_zero,
    left_out,
    legend,
    limited,
    mark,
    numbers_axis,
)
from callistics.pictures.labels import label
from callistics.pictures.stacks import HOURS, across
from callistics.queries.base import PREVIOUS
from callistics.sql.selection import Unit

_MOST_GROUPS = 15
_TEXT_WIDTH = 110


def folded(names: Sequence[str], texts: Mapping[str, str]) -> Transforms:
    """A row for each figure, named by its label, with that of the compared period."""
    return [
        {"fold": list(names), "as": ["figure", "value"]},
        *calculated(
            name=f"({_table(texts)})[datum.figure]",
            before=f"datum['{PREVIOUS}' + datum.figure]",
        ),
    ]


def _table(texts: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{quoted(key)}: {quoted(text)}" for key, text in texts.items()) + "}"


def rate_groups(
    shown: Sequence[str],
    weight: Weight,
    facts: Sequence[Fact],
    group_by: Sequence[str],
    description: str,
) -> Spec:
    """Bars of each group's rates; groups without an order of their own go by their size."""
    transform = [
        *calculated(group=group_text(group_by)),
        *limited("group", weight.field, _MOST_GROUPS),
        *folded(shown, {name: label(name) for name in shown}),
        *calculated(
            drawn="datum.value || 0",
            text=f"{share('datum.value')} + ' of ' + {number(field(weight.field))}",
        ),
    ]
    by_size = {"field": "group_weight", "op": "max", "order": "descending"}
    y = {
        "y": {**y_of("group"), "sort": None if _ordered(group_by) else by_size},
        "yOffset": {"field": "name", "sort": None},
    }
    right = {"expr": f"max(width - {_TEXT_WIDTH}, 20)"}
    x = x_of("drawn", scale={"domain": [0, 100], "rangeMax": right})
    pale = {"opacity": weight.paler(0.35)}
    layers: list[Layer] = [
        {
            "mark": mark("bar", "stack", facts),
            "encoding": {**y, "x": x, "color": _by_name(), **pale},
        },
        {
            "mark": mark("text", "value", align="left", dx=5),
            "encoding": {**y, "x": x, "text": {"field": "text"}},
        },
        weight.note(),
        left_out(_MOST_GROUPS, line=1),
    ]
    return frame(description, transform, layers, {"step": 2 * BAR_HEIGHT - 8, "for": "position"})


def _ordered(group_by: Sequence[str]) -> bool:
    kinds = [GROUPABLE[name].type if name in GROUPABLE else "string" for name in group_by]
    return "date" in group_by or "integer" in kinds


def lines(
    names: Sequence[str],
    unit_text: str,
    unit: Unit,
    facts: Sequence[Fact],
    group_by: Sequence[str],
    description: str,
    weight: Weight,
) -> Spec:
    """A line for each figure over groups that have an order; those of few things stand apart."""
    every: Transforms = []
    if tuple(group_by) == ("hour",):
        every = [
            {
                "impute": "value",
                "key": "hour",
                "keyvals": list(HOURS),
                "groupby": ["figure"],
                "value": None,
            }
        ]
    transform = [
        {"fold": list(names), "as": ["figure", "value"]},
        *every,
        *calculated(
            group=group_text(group_by),
            name=f"({_table({name: label(name, unit) for name in names})})[datum.figure]",
            firm=f"{weight.is_few} ? null : datum.value",
        ),
    ]
    return frame(description, transform, _line_layers(names, unit_text, facts, group_by, weight))


def _line_layers(
    names: Sequence[str],
    unit_text: str,
    facts: Sequence[Fact],
    group_by: Sequence[str],
    weight: Weight,
) -> list[Layer]:
    x = across(group_by)

    def encoding(value: str) -> dict[str, Any]:
        axis = numbers_axis(unit_text or None)
        y = {"field": value, "type": "quantitative", "axis": axis, "scale": from_zero()}
        return {"x": x, "y": y, "color": _by_name()}

    there = f"isValid({field(weight.field)})"
    return [
        {"mark": mark("line", "stack"), "encoding": encoding("firm")},
        {
            "transform": [{"filter": "isValid(datum.value)"}],
            "mark": mark("point", "point", filled=True, size=30),
            "encoding": {**encoding("value"), "opacity": weight.paler(0.35)},
        },
        weight.note(),
        # A group is hit in its whole height, once for all figures.
        {
            "transform": [{"filter": f"datum.figure === {quoted(names[0])} && {there}"}],
            "mark": mark("rect", "hit", facts),
            "encoding": {"x": x},
        },
    ]


def _by_name() -> dict[str, Any]:
    """A colour for each figure."""
    return {
        "field": "name",
        "type": "nominal",
        "sort": None,
        "scale": {"range": "category"},
        "legend": legend(),
    }
