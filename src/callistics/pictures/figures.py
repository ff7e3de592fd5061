"""Figures of a whole set: a number, rates, or how values are spread; beside those of groups."""

from collections.abc import Sequence

from callistics.pictures.bars import (
    bar,
    bar_list,
    before,
    compared_facts,
    hit,
    text_behind,
    x_of,
    y_of,
)
from callistics.pictures.expressions import Fact, field, group_text, key_text, number, quoted, share
from callistics.pictures.few import Weight
from callistics.pictures.frame import (
    Layer,
    Spec,
    Transforms,
    calculated,
    frame,
    from_zero,
    mark,
    numbers_axis,
)
from callistics.pictures.labels import label
from callistics.pictures.rates import folded, lines, rate_groups
from callistics.pictures.stacks import ON_AN_AXIS, across, groups_label
from callistics.queries.base import PREVIOUS
from callistics.queries.picture import Rates, Spread, Total
from callistics.sql.selection import Unit


def total(picture: Total, unit: Unit, group_by: Sequence[str], description: str) -> Spec | None:
    """A bar for each group; one number alone is no picture."""
    if not group_by:
        return None
    if tuple(group_by) in ON_AN_AXIS:
        return _columns(picture.value, unit, group_by, description)
    transform = calculated(
        name=group_text(group_by),
        value=field(picture.value),
        before=field(PREVIOUS + picture.value),
    )
    facts = [Fact(groups_label(group_by), "datum.name"), *compared_facts([picture.value], unit)]
    layers = [bar("main"), *before(), *text_behind(number("datum.value")), hit(facts)]
    return bar_list(description, transform, layers, weight="value")


def _columns(value: str, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    facts = [Fact(groups_label(group_by), "datum.group"), *compared_facts([value], unit)]
    layer: Layer = {
        "mark": mark("bar", "main", facts),
        "encoding": {
            "x": across(group_by),
            "y": {
                "field": value,
                "type": "quantitative",
                "stack": None,
                "axis": numbers_axis(label(value, unit), 1),
                "scale": from_zero(),
            },
        },
    }
    return frame(description, calculated(group=group_text(group_by)), [layer])


def rates(picture: Rates, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    """A bar for the whole and each part; of groups the rates beside each other."""
    names = [picture.whole, *(name for pair in picture.parts for name in pair)]
    facts = compared_facts(names, unit)
    shown = [rate for _, rate in picture.parts]
    if not group_by:
        numbers = [picture.whole, *(name for name, _ in picture.parts)]
        transform = folded(numbers, {name: label(name, unit) for name in numbers})
        whole = f"datum['{picture.whole}']"
        text = (
            f"{number('datum.value')} + (datum.figure === '{picture.whole}' || !({whole} > 0) ? ''"
            f" : ' · ' + {share(f'100 * datum.value / {whole}')})"
        )
        layers = [bar("main"), *before(), *text_behind(text), hit(facts)]
        return bar_list(description, transform, layers)
    facts.insert(0, Fact(groups_label(group_by), "datum.group"))
    weight = Weight(picture.whole, picture.few)
    if tuple(group_by) in ON_AN_AXIS:
        return lines(shown, "%", unit, facts, group_by, description, weight)
    return rate_groups(shown, weight, facts, group_by, description)


def spread(picture: Spread, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    """A bar for each figure; of groups the middle, and from where to where most values lie."""
    facts = compared_facts(["count", picture.total, *picture.figures], unit)
    if not group_by:
        transform = folded(picture.figures, {name: label(name) for name in picture.figures})
        end = quoted(f" {picture.unit}" if picture.unit else "")
        text = f"{number('datum.value')} + {end}"
        layers = [bar("main"), *before(), *text_behind(text), hit(facts)]
        return bar_list(description, transform, layers)
    facts.insert(0, Fact(groups_label(group_by), "datum.group"))
    if tuple(group_by) in ON_AN_AXIS:
        shown = [picture.middle, "p50", "p90"]
        return lines(shown, picture.unit, unit, facts, group_by, description, Weight("count"))
    return _boxes(picture, facts, group_by, description)


def _boxes(
    picture: Spread, facts: Sequence[Fact], group_by: Sequence[str], description: str
) -> Spec:
    transform = calculated(
        group=group_text(group_by), name="datum.group", value=field(picture.middle)
    )
    axis = numbers_axis(f"Median to 95th percentile, dot: average, {picture.unit}".rstrip(", "))
    x = x_of("p50", 16, axis=axis)
    layers: list[Layer] = [
        {
            "mark": mark("bar", "pale", height=10),
            "encoding": {"y": y_of(), "x": x, "x2": {"field": "p95"}},
        },
        {
            "mark": mark("point", "main", filled=True, size=60),
            "encoding": {"y": y_of(), "x": {**x, "field": "value"}},
        },
        hit(facts),
    ]
    return bar_list(description, transform, layers, weight="count")


def amounts(picture: Spread, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    """Sums that cannot be compared across the rows' currencies: each is told beside its bar.

    Alone a bar is as long as there are calls, where they cost something; of groups as the sum
    beside the largest in the same currency.
    """
    currency = key_text("currency", "No currency")
    sums = calculated(
        currency_text=currency,
        group=group_text(group_by) if group_by else "''",
        sum=field(picture.total),
    )
    if group_by:
        largest: Transforms = [
            {
                "joinaggregate": [{"op": "max", "field": "sum", "as": "largest"}],
                "groupby": ["currency_text"],
            },
            *calculated(
                name="datum.group + ' · ' + datum.currency_text",
                value="datum.largest > 0 ? datum.sum / datum.largest : 0",
            ),
        ]
    else:
        largest = calculated(name="datum.currency_text", value="datum.sum > 0 ? datum.count : 0")
    middle = field(picture.middle)
    each = f"(isValid({middle}) ? ' · ' + {number(middle)} + ' a call' : '')"
    text = f"{number('datum.sum')} + {each}"
    facts = [
        Fact(label("currency"), "datum.currency_text"),
        *compared_facts([picture.total, picture.middle, "count"], unit),
    ]
    if group_by:
        facts.insert(0, Fact(groups_label(group_by), "datum.group"))
    layers = [bar("main"), *text_behind(text), hit(facts)]
    weight = "count" if group_by else None
    return bar_list(description, [*sums, *largest], layers, weight=weight)
