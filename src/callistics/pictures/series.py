"""Figures over time: bars or lines over the server's own labels."""

from collections.abc import Mapping, Sequence

from callistics.pictures.expressions import (
    UNFINISHED_FROM,
    Fact,
    field,
    group_text,
    key_text,
    number,
)
from callistics.pictures.frame import (
    BEFORE_NAME,
    NOTE_GAP,
    Layer,
    Spec,
    Transforms,
    calculated,
    dates_axis,
    frame,
    from_zero,
    left_out,
    legend,
    limited,
    mark,
    name_of,
    numbers_axis,
)
from callistics.pictures.labels import label
from callistics.queries.base import PREVIOUS
from callistics.queries.picture import Series
from callistics.sql.selection import Unit

_MANY = 62


def series(picture: Series, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    """The figure over time, that of the compared period behind; a line for each group."""
    draw = _grouped if group_by else _plain
    return draw(picture, unit, group_by, description)


def _transform(picture: Series, group_by: Sequence[str]) -> Transforms:
    """What lies from the first unfinished bucket on, by position: labels need not sort as text."""
    groups = {"groupby": ["group"]} if group_by else {}
    named_group = {"group": group_text(group_by)} if group_by else {}
    return [
        *calculated(
            **named_group,
            figure=field(picture.value),
            before=field(PREVIOUS + picture.value),
            begun=f"datum.date === {UNFINISHED_FROM} ? 1 : 0",
        ),
        {
            "window": [{"op": "sum", "field": "begun", "as": "unfinished"}],
            "frame": [None, 0],
            **groups,
        },
        {
            "window": [
                {"op": "lead", "field": "unfinished", "as": "next_unfinished"},
                {"op": "lag", "field": "figure", "as": "figure_before"},
                {"op": "lead", "field": "figure", "as": "figure_after"},
            ],
            **groups,
        },
    ]


def _facts(picture: Series, unit: Unit, group_by: Sequence[str]) -> list[Fact]:
    shown = [picture.value, *(name for name in (picture.beside, picture.weight) if name)]
    facts = [Fact(label("date"), key_text("date"))]
    if group_by:
        facts.append(Fact(" · ".join(map(label, group_by)), "datum.group"))
    for name in shown:
        before = field(PREVIOUS + name)
        facts.append(Fact(label(name, unit), number(field(name))))
        facts.append(Fact(label(PREVIOUS + name, unit), number(before), sparse=before))
    return [*facts, Fact("Unfinished", "'yes'", sparse="(datum.unfinished > 0 ? 1 : null)")]


def _x() -> dict[str, object]:
    return {"field": "date", "type": "ordinal", "sort": None, "axis": dates_axis()}


def _y(picture: Series, name: str) -> dict[str, object]:
    title = f"{label(picture.value)}, {picture.unit}" if not picture.bars else label(picture.value)
    return {
        "field": name,
        "type": "quantitative",
        "stack": None,
        "axis": numbers_axis(title, 1 if picture.bars else 0),
        "scale": from_zero(nice=True),
    }


def _plain(picture: Series, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    drawn = [_bars(picture)] if picture.bars else _line_of(picture, {})
    # Seen by the pointer and by who hears the picture: a bucket is hit in its whole height.
    hit: Layer = {
        "mark": mark("rect", "hit", _facts(picture, unit, group_by)),
        "encoding": {"x": _x()},
    }
    layers = [*drawn, *_beside(picture), *_behind(picture), *_peak(picture), hit]
    transform = _transform(picture, group_by)
    return frame(description, transform, layers, gap=_gap(picture))


def _bars(picture: Series) -> Layer:
    return {
        "mark": mark("bar", "main"),
        "encoding": {
            "x": _x(),
            "y": _y(picture, "figure"),
            "fillOpacity": {
                "condition": {"test": "datum.unfinished > 0", "value": 0.3},
                "value": 1,
            },
            "strokeDash": {"condition": {"test": "datum.unfinished > 0", "value": [3, 3]}},
            "strokeWidth": {"condition": {"test": "datum.unfinished > 0", "value": 1}, "value": 0},
        },
    }


def _line_of(picture: Series, color: Mapping[str, object]) -> list[Layer]:
    """The finished part, the dashed way into the unfinished, and points that stand alone."""
    encoding = {"x": _x(), "y": _y(picture, "figure"), **color}
    style = "point" if color else "main"
    alone = (
        "isValid(datum.figure) && ((!isValid(datum.figure_before) && !isValid(datum.figure_after))"
        f" || datum.unfinished > 0 || datum.dates <= {_MANY})"
    )
    return [
        {
            "transform": [{"filter": "!(datum.unfinished > 0)"}],
            "mark": mark("line", style),
            "encoding": encoding,
        },
        {
            "transform": [
                {"filter": "datum.unfinished > 0 || datum.next_unfinished > 0"},
            ],
            "mark": mark("line", style, strokeDash=[4, 4]),
            "encoding": encoding,
        },
        {
            "transform": [
                {"joinaggregate": [{"op": "distinct", "field": "date", "as": "dates"}]},
                {"filter": alone},
            ],
            "mark": mark("point", style, filled=True, size=22),
            "encoding": encoding,
        },
    ]


def _beside(picture: Series) -> list[Layer]:
    if picture.beside is None:
        return []
    return [
        {
            "transform": calculated(figure=field(picture.beside)),
            "mark": mark("line", "second"),
            "encoding": {"x": _x(), "y": _y(picture, "figure")},
        },
        name_of("second", label(picture.beside), 0, field(picture.beside), _gap(picture)),
    ]


def _behind(picture: Series) -> list[Layer]:
    """The compared period: a mark in each bar's place, or a line."""
    drawn = mark("tick", "behind", orient="horizontal") if picture.bars else mark("line", "behind")
    return [
        {
            "mark": drawn,
            "encoding": {"x": _x(), "y": _y(picture, "before")},
        },
        name_of("behind", BEFORE_NAME, 1 if picture.beside else 0, "datum.before", _gap(picture)),
    ]


def _gap(picture: Series) -> int:
    """The name of the peak may stand above the picture as well."""
    return NOTE_GAP + 12 if picture.names_peak else NOTE_GAP


def _peak(picture: Series) -> list[Layer]:
    if not picture.names_peak:
        return []
    return [
        {
            "transform": [
                {
                    "window": [{"op": "row_number", "as": "place"}],
                    "sort": [{"field": "figure", "order": "descending"}],
                },
                {"filter": "datum.place === 1 && datum.figure > 0"},
            ],
            "mark": mark("text", "value", baseline="bottom", dy=-3),
            "encoding": {
                "x": _x(),
                "y": _y(picture, "figure"),
                "text": {"value": {"expr": number("datum.figure")}},
            },
        }
    ]


def _grouped(picture: Series, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    color: dict[str, object] = {
        "color": {
            "field": "group",
            "type": "nominal",
            "sort": None,
            "scale": {"range": "category"},
            "legend": legend(),
        }
    }
    behind: Layer = {
        "mark": mark("line", "behind_group"),
        "encoding": {"x": _x(), "y": _y(picture, "before"), **color},
    }
    points: Layer = {
        "transform": [{"filter": "isValid(datum.figure)"}],
        "mark": mark("point", "hit", _facts(picture, unit, group_by), filled=True, size=80),
        "encoding": {"x": _x(), "y": _y(picture, "figure")},
    }
    transform = [
        *_transform(picture, group_by),
        *limited("group", picture.weight or picture.value),
    ]
    layers = [behind, *_line_of(picture, color), points, left_out()]
    return frame(description, transform, layers)
