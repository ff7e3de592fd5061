"""Bars below each other: each with its name before it, and its number and share behind it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from callistics.pictures.expressions import Fact, absent, field, key_text, number, quoted, share
from callistics.pictures.few import Weight
from callistics.pictures.frame import (
    BAR_HEIGHT,
    BEFORE_NAME,
    NOTE_GAP,
    NOTE_LINE,
    Layer,
    Spec,
    Transforms,
    calculated,
    frame,
    from_zero,
    left_out,
    limited,
    mark,
    name_of,
    names_axis,
)
from callistics.pictures.labels import label
from callistics.queries.base import PREVIOUS
from callistics.queries.picture import Parts, Stages
from callistics.sql.selection import Unit

MOST_BARS = 25
MINUS = "\N{MINUS SIGN}"
_TEXT_WIDTH = 130
# In percent; what is less is written as 0%.
_LEAST_SHOWN = 0.05


def y_of(name: str = "name") -> dict[str, Any]:
    """The axis of the bars' names, in the order of the rows."""
    return {"field": name, "type": "nominal", "sort": None, "axis": names_axis()}


def x_of(name: str = "value", room: int = _TEXT_WIDTH, **more: Any) -> dict[str, Any]:
    """The length of bars; `room` pixels behind the longest are left for its text."""
    return {
        "field": name,
        "type": "quantitative",
        "axis": None,
        "stack": None,
        "scale": from_zero(rangeMax={"expr": f"max(width - {room}, 20)"}),
        **more,
    }


def bar(style: str, x: str = "value", **more: Any) -> Layer:
    """A layer of bars."""
    return {"mark": mark("bar", style), "encoding": {"y": y_of(), "x": x_of(x), **more}}


def text_behind(text: str, end: str = "datum.value", **more: Any) -> list[Layer]:
    """The text at the end of each bar, with room around it where a mark stands."""
    encoding = {"y": y_of(), "x": x_of("text_from"), "text": {"value": {"expr": text}}}
    return [
        {
            "transform": calculated(text_from=end),
            "mark": mark("text", style, align="left", dx=5),
            "encoding": {**encoding, **encoded},
        }
        for style, encoded in (("halo", {}), ("value", more))
    ]


def before(place: int = 0) -> list[Layer]:
    """A mark where the bar of the compared period ends, named at a place above the picture."""
    x = "before"
    return [
        {
            "transform": [{"filter": f"isValid(datum.{x})"}],
            "mark": mark("tick", "behind", orient="vertical"),
            "encoding": {"y": y_of(), "x": x_of(x)},
        },
        name_of("behind", BEFORE_NAME, place, f"datum.{x}"),
    ]


def hit(facts: Sequence[Fact]) -> Layer:
    """What the pointer hits and who hears the picture is told: the whole line of a bar."""
    return {"mark": mark("rect", "hit", facts), "encoding": {"y": y_of()}}


def first_rows(most: int = MOST_BARS) -> Transforms:
    """Keeps the first rows; `groups` is how many there are."""
    return [
        {"window": [{"op": "row_number", "as": "line"}]},
        {"joinaggregate": [{"op": "max", "field": "line", "as": "groups"}]},
        {"filter": f"datum.line <= {most}"},
    ]


def bar_list(
    description: str,
    transform: Transforms,
    layers: Sequence[Layer],
    lines: int = 1,
    weight: str | None = None,
) -> Spec:
    """The frame of bars below each other, with so many lines of notes above.

    Of too many rows the first are drawn; of groups, which come in the order of their names, those
    of the greatest `weight`.
    """
    kept = first_rows() if weight is None else limited("name", weight, MOST_BARS)
    return frame(
        description,
        [*transform, *kept],
        [*layers, left_out(MOST_BARS)],
        {"step": BAR_HEIGHT},
        NOTE_GAP + NOTE_LINE * (lines - 1),
    )


def compared_facts(names: Sequence[str], unit: Unit) -> list[Fact]:
    """Figures with those of the compared period; rates are told as shares."""
    facts: list[Fact] = []
    for name in names:
        text = share if name.endswith(("_rate", "percentage")) else number
        past = field(PREVIOUS + name)
        facts.append(Fact(label(name, unit), text(field(name))))
        facts.append(Fact(label(PREVIOUS + name, unit), text(past), sparse=past))
    return facts


def part_name(picture: Parts) -> str:
    """The text of what tells the parts apart."""
    if len(picture.key) == 1:
        return key_text(picture.key[0], picture.absent)
    low, high = (field(name) for name in picture.key)
    unit = quoted(f" {picture.unit}" if picture.unit else "")
    low_text, high_text = (f"format({end}, ',.1~f')" for end in (low, high))
    closed = f"{low_text} + '\N{EN DASH}' + {high_text} + {unit}"
    open_end = f"'from ' + {low_text} + {unit}"
    none = quoted(absent(picture.absent))
    return f"(isValid({low}) ? (isValid({high}) ? {closed} : {open_end}) : {none})"


def parts(picture: Parts, unit: Unit, description: str) -> Spec:
    """A bar for each part; what is outside the whole is drawn paler, its share is of everything."""
    outside = f"!isValid({field(picture.key[0])})" if picture.apart else "false"
    transform = [
        *calculated(
            name=part_name(picture),
            value=field(picture.value),
            before=field(PREVIOUS + picture.value),
            outside=outside,
        ),
        {"joinaggregate": [{"op": "sum", "field": picture.value, "as": "all"}]},
        *calculated(of_all="datum.all > 0 ? 100 * datum.value / datum.all : null"),
    ]
    weight = Weight(picture.value, picture.few if picture.within else 0)
    # Still 4.5 to 1 on the page.
    texts = text_behind(_beside(picture), opacity=weight.paler(0.7))
    return bar_list(
        description,
        transform,
        [
            *_drawn(picture),
            *before(1 if picture.within else 0),
            *texts,
            weight.note(line=1),
            hit(_part_facts(picture, unit)),
        ],
        2 if picture.within else 1,
    )


def _drawn(picture: Parts) -> list[Layer]:
    if picture.within:
        inner = {**bar("main", "inner"), "transform": calculated(inner=field(picture.within[0]))}
        return [bar("pale"), inner, name_of("main", label(picture.within[0]), 0, "datum.value")]
    inside = {**bar("main"), "transform": [{"filter": "!datum.outside"}]}
    if not picture.apart:
        return [inside]
    return [inside, {**bar("rest"), "transform": [{"filter": "datum.outside"}]}]


def _beside(picture: Parts) -> str:
    rate = picture.within[1] if picture.within else picture.share
    end = f" + ' {label(rate).lower()}'" if picture.within else ""
    known = f"' · ' + {share(field(rate))}{end}"
    text = f"{number('datum.value')} + (isValid({field(rate)}) ? {known} : '')"
    if not picture.apart:
        return text
    return (
        f"datum.outside ? {number('datum.value')} + (isValid(datum.of_all) ?"
        f" ' · ' + {share('datum.of_all')} + ' of all' : '')"
        f" : {text}"
    )


def _part_facts(picture: Parts, unit: Unit) -> list[Fact]:
    names = [picture.value, picture.share, *(picture.within or ())]
    facts = compared_facts(names, unit)
    if picture.apart:
        facts = [
            replace(one, sparse=one.sparse or field(picture.share))
            if one.label == label(picture.share)
            else one
            for one in facts
        ]
        facts.append(
            Fact("Share of all", share("datum.of_all"), sparse="(datum.outside ? 1 : null)")
        )
    return [Fact(_key_label(picture), "datum.name"), *facts]


def _key_label(picture: Parts) -> str:
    return label(picture.key[0]) if len(picture.key) == 1 else "Bin"


def stages(picture: Stages, unit: Unit, description: str) -> Spec:
    """A bar for each stage, and paler what was lost since the one before."""
    kept = field(picture.of_before)
    transform = [
        *calculated(
            name=key_text(picture.key),
            value=field(picture.value),
            before=field(PREVIOUS + picture.value),
        ),
        {"window": [{"op": "lag", "field": "value", "as": "stage_before"}]},
        *calculated(
            lost=f"isValid(datum.stage_before) && isValid({kept}) ? 100 - {kept} : null",
            minus=f"datum.lost >= {_LEAST_SHOWN} ? {quoted(MINUS)} : ''",
        ),
    ]
    lost: Layer = {
        "transform": [{"filter": "datum.stage_before > datum.value"}],
        "mark": mark("bar", "lost"),
        "encoding": {"y": y_of(), "x": x_of("value"), "x2": {"field": "stage_before"}},
    }
    first = field(picture.of_first)
    text = (
        f"{number('datum.value')} + (isValid({first}) ? ' · ' + {share(first)} : '') + "
        f"(isValid(datum.lost) ? ' · ' + datum.minus + {share('datum.lost')} : '')"
    )
    facts = [
        Fact("Stage", "datum.name"),
        *compared_facts([picture.value, picture.of_first, picture.of_before], unit),
        Fact("Lost since the stage before", share("datum.lost"), sparse="datum.lost"),
    ]
    # The text stands behind what was lost, so that both can be read.
    behind = text_behind(text, "max(datum.value, datum.stage_before || 0)")
    layers = [bar("main"), lost, *before(), *behind, hit(facts)]
    return bar_list(description, transform, layers)
