"""What all specifications have in common: the frame around layers, marks, axes, limits."""

from collections.abc import Mapping, Sequence
from typing import Any

from callistics.pictures.expressions import (
    DATE_TEXTS,
    UNFINISHED_FROM,
    WEEKDAY_TEXTS,
    Fact,
    spoken,
    tooltip,
)

Spec = dict[str, Any]
Layer = dict[str, Any]
Transforms = list[dict[str, Any]]

ROWS = "rows"
"""The name of the data: the rows of an answer as they are."""

PARAMS: Mapping[str, object] = {
    # The label of the first bucket that is not complete yet.
    UNFINISHED_FROM: None,
    # How the labels of buckets read, for those that shall read otherwise.
    DATE_TEXTS: {},
    WEEKDAY_TEXTS: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
}
"""What a page may set from outside, with what holds until then."""

MOST = 8
"""Groups that are drawn beside each other; colours tell no more apart."""

NOTE_GAP = 6
"""Pixels between notes and the picture below them."""
NOTE_LINE = 13

BAR_HEIGHT = 26
BEFORE_NAME = "Compared period"
"""What marks of the other side of a comparison are called."""
_PLOT_HEIGHT = 220
_LONGEST_LABEL = 150
_NAME_WIDTH = 90
# Less than any figure, yet more than nothing.
_SLIGHT = 1e-9
NUMBER_LABEL = (
    f"abs(datum.value) > 0 && abs(datum.value) <= {_SLIGHT} ? ''"
    " : format(datum.value, abs(datum.value) >= 1000 ? '~s' : ',.2~f')"
)
_SWATCH = "\N{BLACK RECTANGLE}"
_ONE_ROW: Transforms = [
    {"aggregate": [{"op": "count", "as": "rows"}]},
    {"filter": "datum.rows > 0"},
]


def frame(
    description: str,
    transform: Transforms,
    layers: Sequence[Layer],
    height: int | Mapping[str, object] = _PLOT_HEIGHT,
    gap: int = NOTE_GAP,
) -> Spec:
    """A specification over the rows; it is as wide as what contains it."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": description,
        "data": {"name": ROWS},
        "params": [{"name": name, "value": value} for name, value in PARAMS.items()],
        # Notes stand above the picture, which the library does not reckon with.
        "padding": {"left": 4, "top": 14 + gap, "right": 4, "bottom": 4},
        "width": "container",
        "height": height,
        "transform": transform,
        "layer": list(layers),
    }


def calculated(**expressions: str) -> Transforms:
    """Fields that are computed, in order."""
    return [{"calculate": text, "as": name} for name, text in expressions.items()]


def mark(kind: str, style: str, facts: Sequence[Fact] = (), **more: object) -> dict[str, Any]:
    """A mark in a style of the theme; one with facts tells them, others are decoration."""
    told: dict[str, Any] = (
        {"tooltip": tooltip(facts), "description": spoken(facts)}
        if facts
        else {"tooltip": None, "aria": False}
    )
    return {"type": kind, "style": style, **told, **more}


def dates_axis(title: str | None = None) -> dict[str, Any]:
    """The axis of the server's own labels, as many of them as fit."""
    short = (
        "length(datum.value) > 10 ? slice(datum.value, 5, 10) + ' ' + slice(datum.value, 11, 16)"
        " : datum.value"
    )
    return {
        "title": title,
        "labelAngle": 0,
        "labelOverlap": "greedy",
        "labelSeparation": 12,
        "labelPadding": 8,
        "labelExpr": f"{DATE_TEXTS}[datum.value] || ({short})",
        "ticks": False,
    }


def names_axis() -> dict[str, Any]:
    """The axis that names bars, the names cut where they are long."""
    return {
        "title": None,
        "labelLimit": _LONGEST_LABEL,
        "ticks": False,
        "domain": False,
        "labelPadding": 6,
    }


def numbers_axis(title: str | None = None, step: float = 0) -> dict[str, Any]:
    """The axis of numbers, thousands and more shortened; its labels are at least a step apart."""
    return {
        "title": title,
        "labelExpr": NUMBER_LABEL,
        "tickCount": 4,
        "tickMinStep": step,
        "domain": False,
        "ticks": False,
    }


def from_zero(**more: object) -> dict[str, Any]:
    """A scale from zero; where all is zero it lies at the beginning, not in the middle."""
    return {"zero": True, "domain": {"unionWith": [0, _SLIGHT]}, **more}


def shares_axis(title: str | None = None) -> dict[str, Any]:
    """The axis of shares of one."""
    return {**numbers_axis(title), "labelExpr": "format(datum.value, '.0%')"}


def legend(columns: int = 4) -> dict[str, Any]:
    """A legend above the picture."""
    return {"title": None, "orient": "top", "columns": columns, "labelLimit": _LONGEST_LABEL}


def name_of(style: str, name: str, place: int, when: str, gap: int = NOTE_GAP) -> Layer:
    """What a style stands for, above the picture, where a row has the value `when`.

    A legend of the library would be of endless height where no row has.
    """
    return {
        "transform": [{"filter": f"isValid({when})"}, *_ONE_ROW],
        "mark": mark("text", f"{style}_name", align="left", baseline="bottom", dy=-gap),
        "encoding": {
            "x": {"value": place * _NAME_WIDTH},
            "y": {"value": 0},
            "text": {"value": f"{_SWATCH} {name}"},
        },
    }


def limited(group: str, weight: str, most: int = MOST) -> Transforms:
    """Keeps the rows of the largest groups; `groups` is how many there are."""
    return [
        {
            "joinaggregate": [{"op": "sum", "field": weight, "as": "group_weight"}],
            "groupby": [group],
        },
        {"joinaggregate": [{"op": "distinct", "field": group, "as": "groups"}]},
        {
            "window": [{"op": "row_number", "as": "group_row"}],
            "groupby": [group],
        },
        {
            "window": [{"op": "dense_rank", "as": "group_rank"}],
            "sort": [
                {"field": "group_weight", "order": "descending"},
                {"field": group, "order": "ascending"},
            ],
        },
        {"filter": f"datum.group_rank <= {most}"},
    ]


def note(text: object, line: int = 0) -> Layer:
    """A note at the right above the picture, in one of the lines there, from the lowest."""
    return {
        "mark": mark(
            "text", "note", align="right", baseline="bottom", dy=-NOTE_GAP - NOTE_LINE * line
        ),
        "encoding": {
            "x": {"value": {"expr": "width"}},
            "y": {"value": 0},
            "text": {"value": text},
        },
    }


def left_out(most: int = MOST, line: int = 0) -> Layer:
    """A note of how many groups are not drawn, where there are such."""
    return {
        "transform": [
            {"aggregate": [{"op": "max", "field": "groups", "as": "groups"}]},
            {"filter": f"datum.groups > {most}"},
        ],
        **note({"expr": f"'{most} of ' + format(datum.groups, ',') + ' shown'"}, line),
    }
