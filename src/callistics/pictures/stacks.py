"""Grouped parts of wholes: a stack for each group, all of the same length."""

from collections.abc import Mapping, Sequence
from typing import Any

from callistics.pictures.bars import compared_facts, part_name, x_of, y_of
from callistics.pictures.expressions import Fact, absent, field, group_text, key_text, quoted
from callistics.pictures.frame import (
    BAR_HEIGHT,
    Layer,
    Spec,
    calculated,
    dates_axis,
    frame,
    left_out,
    legend,
    limited,
    mark,
    numbers_axis,
    shares_axis,
)
from callistics.pictures.labels import label
from callistics.queries.picture import Parts, Stages
from callistics.sql.selection import Unit

ON_AN_AXIS = (("date",), ("hour",))
"""Groups that are drawn from left to right."""
HOURS = range(24)

_COLOURED = 7
_MOST_GROUPS = 25
_MOST_BESIDE = 5


def groups_label(group_by: Sequence[str]) -> str:
    """The label of all group fields."""
    return " · ".join(map(label, group_by))


def across(group_by: Sequence[str], name: str = "group") -> dict[str, Any]:
    """The axis of groups from left to right; hours are all there, those without rows too."""
    every = {"scale": {"domain": [f"{hour:02}:00" for hour in HOURS]}}
    return {
        "field": name,
        "type": "ordinal",
        "sort": None,
        "axis": dates_axis(),
        **(every if tuple(group_by) == ("hour",) else {}),
    }


def part_stacks(picture: Parts, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    """A stack for each group; parts beyond the seven largest share the last colour."""
    transform = [
        *calculated(group=group_text(group_by), name=part_name(picture)),
        *limited("group", picture.value, _MOST_GROUPS),
        {
            "joinaggregate": [{"op": "sum", "field": picture.value, "as": "name_weight"}],
            "groupby": ["name"],
        },
        {
            "window": [{"op": "dense_rank", "as": "name_rank"}],
            "sort": [
                {"field": "name_weight", "order": "descending"},
                {"field": "name", "order": "ascending"},
            ],
        },
        {
            "window": [{"op": "row_number", "as": "name_place"}],
            "groupby": ["group"],
        },
        *calculated(
            shown=f"datum.name_rank <= {_COLOURED} ? datum.name : {quoted(absent('Other'))}"
        ),
    ]
    facts = [
        Fact(groups_label(group_by), "datum.group"),
        Fact("Part", "datum.name"),
        *compared_facts([picture.value, picture.share, *(picture.within or ())], unit),
    ]
    bins = len(picture.key) == 2
    length = {
        "field": picture.value,
        "type": "quantitative",
        "stack": "normalize",
        "axis": shares_axis(),
    }
    color = {
        "field": "name" if bins else "shown",
        "type": "ordinal" if bins else "nominal",
        "sort": None,
        "scale": {"range": "ramp" if bins else "category"},
        "legend": legend(),
    }
    by_groups = tuple(group_by) in ON_AN_AXIS
    axes = {"x": across(group_by), "y": length} if by_groups else {"x": length, "y": y_of("group")}
    stack: Layer = {
        "mark": mark("bar", "stack", facts),
        "encoding": {
            **axes,
            "color": color,
            "order": {"field": "name_place"},
            **_apart(picture),
        },
    }
    height: Mapping[str, object] = {"step": BAR_HEIGHT}
    layers = [stack, left_out(_MOST_GROUPS)]
    if by_groups:
        return frame(description, transform, layers)
    return frame(description, transform, layers, height)


def _apart(picture: Parts) -> dict[str, Any]:
    """What is outside the whole is paler."""
    if not picture.apart:
        return {}
    outside = f"!isValid({field(picture.key[0])})"
    return {"fillOpacity": {"condition": {"test": outside, "value": 0.45}, "value": 1}}


def stage_groups(picture: Stages, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    """For each stage a bar of each group: the share of the first stage that it kept."""
    transform = [
        *calculated(group=group_text(group_by), name=key_text(picture.key)),
        *limited("group", picture.value, _MOST_BESIDE),
        *calculated(value=f"{field(picture.of_first)} || 0"),
    ]
    facts = [
        Fact(groups_label(group_by), "datum.group"),
        Fact("Stage", "datum.name"),
        *compared_facts([picture.value, picture.of_first, picture.of_before], unit),
    ]
    bars: Layer = {
        "mark": mark("bar", "stack", facts),
        "encoding": {
            "y": y_of(),
            "yOffset": {"field": "group", "sort": None},
            "x": x_of("value", 0, axis=numbers_axis("% of the first stage")),
            "color": {
                "field": "group",
                "type": "nominal",
                "sort": None,
                "scale": {"range": "category"},
                "legend": legend(),
            },
        },
    }
    return frame(
        description,
        transform,
        [bars, left_out(_MOST_BESIDE)],
        {"step": 3 * BAR_HEIGHT, "for": "position"},
    )
