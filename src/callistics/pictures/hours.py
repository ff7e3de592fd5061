"""A number by the hour of the day: columns, or a grid of hours and groups."""

from collections.abc import Sequence

from callistics.pictures.bars import compared_facts
from callistics.pictures.expressions import Fact, field, group_text, key_text
from callistics.pictures.frame import (
    BAR_HEIGHT,
    BEFORE_NAME,
    NUMBER_LABEL,
    Layer,
    Spec,
    calculated,
    frame,
    from_zero,
    left_out,
    legend,
    limited,
    mark,
    name_of,
    names_axis,
    numbers_axis,
)
from callistics.pictures.labels import label
from callistics.pictures.stacks import across, groups_label
from callistics.queries.base import PREVIOUS
from callistics.queries.picture import Hours
from callistics.sql.selection import Unit

_MOST_LINES = 25


def _x() -> dict[str, object]:
    return across(("hour",), "hour_text")


def hours(picture: Hours, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    """Columns, with groups a grid."""
    facts = [Fact(label("hour"), "datum.hour_text"), *compared_facts([picture.value], unit)]
    if group_by:
        facts.insert(0, Fact(groups_label(group_by), "datum.group"))
        return _grid(picture, facts, group_by, description)
    axis = numbers_axis(label(picture.value, unit), 1)
    y = {"type": "quantitative", "axis": axis, "scale": from_zero()}
    before = field(PREVIOUS + picture.value)
    layers: list[Layer] = [
        {
            "mark": mark("bar", "main"),
            "encoding": {"x": _x(), "y": {"field": picture.value, "stack": None, **y}},
        },
        {
            "transform": [*calculated(before=before), {"filter": "isValid(datum.before)"}],
            "mark": mark("tick", "behind", orient="horizontal"),
            "encoding": {"x": _x(), "y": {"field": "before", **y}},
        },
        name_of("behind", BEFORE_NAME, 0, before),
        {"mark": mark("rect", "hit", facts), "encoding": {"x": _x()}},
    ]
    return frame(description, calculated(hour_text=key_text("hour")), layers)


def _grid(picture: Hours, facts: Sequence[Fact], group_by: Sequence[str], description: str) -> Spec:
    transform = [
        *calculated(hour_text=key_text("hour"), group=group_text(group_by)),
        *limited("group", picture.value, _MOST_LINES),
    ]
    cells: Layer = {
        "mark": mark("rect", "cell", facts),
        "encoding": {
            "x": _x(),
            "y": {"field": "group", "type": "ordinal", "sort": None, "axis": names_axis()},
            "color": {
                "field": picture.value,
                "type": "quantitative",
                "scale": from_zero(range="heatmap"),
                "legend": {
                    **legend(),
                    "gradientLength": 160,
                    "gradientThickness": 8,
                    "labelExpr": NUMBER_LABEL,
                },
            },
        },
    }
    return frame(description, transform, [cells, left_out(_MOST_LINES)], {"step": BAR_HEIGHT})
