"""A picture for every query type, that draws whatever answers there can be."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import vl_convert

from callistics.catalog.dimensions import GROUPABLE
from callistics.pictures.frame import PARAMS, ROWS
from callistics.pictures.labels import label
from callistics.pictures.specification import specification
from callistics.pictures.theme import theme
from callistics.queries import registry
from callistics.queries.base import PREVIOUS
from callistics.sql.selection import Unit
from support.pictures import Rows, answer, drawn, records, told
from support.store import Store, opened

ALONE_A_TABLE = {"call_count"}
"""Types whose answer is no picture where nothing groups it."""


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with opened() as made:
        made.send("calls", records())
        yield made


def compared(rows: Rows) -> Rows:
    """As a comparison answers: every number with the other side's, which every third row lacks."""
    figures = [
        {name for name, value in row.items() if isinstance(value, int | float)} for row in rows
    ]
    return [
        {**row, **{PREVIOUS + name: None if place % 3 == 1 else 2 * row[name] for name in names}}
        for place, (row, names) in enumerate(zip(rows, figures, strict=True))
    ]


def has_before(spoken: str) -> bool:
    return ", compared period: " in spoken


def test_every_type_has_a_picture_or_is_a_table_on_its_own() -> None:
    without = {name for name in registry() if specification(name, (), None) is None}
    assert without == ALONE_A_TABLE


def test_a_type_without_a_picture_has_none_however_it_is_grouped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bare = replace(registry()["calls_over_time"], picture=None)
    monkeypatch.setattr("callistics.pictures.specification.registry", lambda: {bare.name: bare})
    assert specification(bare.name, ("provider",)) is None


def test_an_unknown_type_is_an_error() -> None:
    with pytest.raises(KeyError):
        specification("no_such_type")


@pytest.mark.parametrize("name", sorted(registry()))
class TestEveryType:
    def groups(self, name: str) -> list[tuple[str, ...]]:
        own = registry()[name].groupable
        return [
            *((one,) for one in GROUPABLE if one in own),
            ("payload.city",),
            (*own[:2], 'payload.o"d\\d'),
        ]

    def test_every_group_compiles(self, name: str) -> None:
        measures = ("cost", "ring") if registry()[name].takes_measure else (None,)
        for measure in measures:
            for group_by in [(), *self.groups(name)]:
                spec = specification(name, group_by, measure)
                if spec is not None:
                    vega = vl_convert.vegalite_to_vega(spec)
                    assert ROWS in {one["name"] for one in vega["data"]}
                    assert '"time"' not in json.dumps(vega["scales"])

    def test_real_answers_are_drawn(self, name: str, store: Store) -> None:
        measure = "cost" if registry()[name].takes_measure else None
        asked: list[tuple[str, ...]] = [(), ("merchant_id",), ("payload.city", "weekday")]
        for group_by in asked:
            if not group_by and name in ALONE_A_TABLE:
                continue
            rows = answer(store, name, group_by=list(group_by))
            alone = told(drawn(name, rows, group_by, measure))
            beside = told(drawn(name, compared(rows), group_by, measure))
            assert alone
            assert len(alone) == len(beside)
            assert not any(has_before(one) for one in alone)
            assert any(has_before(one) for one in beside)

    def test_one_row_is_drawn(self, name: str, store: Store) -> None:
        group_by = ("merchant_id",)
        measure = "cost" if registry()[name].takes_measure else None
        rows = answer(store, name, group_by=list(group_by))
        assert told(drawn(name, rows[:1], group_by, measure))

    def test_figures_that_do_not_exist_are_drawn(self, name: str, store: Store) -> None:
        group_by = ("merchant_id",)
        measure = "cost" if registry()[name].takes_measure else None
        absent = {one.name for one in registry()[name].figures if one.type.endswith("|null")}
        rows = [
            {key: None if key in absent else value for key, value in row.items()}
            for row in answer(store, name, group_by=list(group_by))
        ]
        drawn(name, rows, group_by, measure)


class TestSeries:
    rows = tuple({"date": f"2025-01-0{day}", "count": day} for day in range(1, 6))

    def test_what_is_unfinished_is_drawn_so(self) -> None:
        whole = drawn("calls_over_time", self.rows)
        part = drawn("calls_over_time", self.rows, unfinished_from="2025-01-04")
        assert whole.count("stroke-dasharray") == 0
        assert part.count("stroke-dasharray") == 2
        assert sum("Unfinished: yes" in one for one in told(part)) == 2

    def test_it_goes_by_position_as_a_repeated_hour_does_not_sort_as_text(self) -> None:
        labels = [
            f"2025-10-26T0{hour}:00:00+0{offset}:00" for hour, offset in ((2, 2), (2, 1), (3, 1))
        ]
        rows = [{"date": one, "count": 1} for one in labels]
        assert sorted(labels) != labels
        spoken = told(drawn("calls_over_time", rows, unfinished_from=labels[1]))
        assert ["Unfinished" in one for one in spoken] == [False, True, True]

    def test_lines_break_where_there_is_no_figure(self) -> None:
        figures = [{"avg_duration": None if day == 3 else 60, "count": 1} for day in range(1, 6)]
        rows = [
            {"date": f"2025-01-0{day}", **one, "previous.avg_duration": one["avg_duration"]}
            for day, one in enumerate(figures, start=1)
        ]
        svg = drawn("avg_duration_over_time", rows)
        lines = re.findall(r'mark-line[^>]*><path[^>]* d="(M[^"]+)"', svg)
        assert [line.count("M") for line in lines] == [2, 2]

    def test_labels_are_the_servers_or_those_set(self) -> None:
        assert ">2025-01-01</text>" in drawn("calls_over_time", self.rows)
        texts = {"2025-01-01": "1 janv."}
        set_ = drawn("calls_over_time", self.rows, date_texts=texts)
        assert ">1 janv.</text>" in set_
        assert any(one.startswith("Date: 1 janv.;") for one in told(set_))

    def test_of_many_groups_the_largest_are_drawn_and_the_others_counted(self) -> None:
        rows = [
            {"provider": f"p{number}", "date": "2025-01-01", "count": number}
            for number in range(12)
        ]
        svg = drawn("calls_over_time", rows, ("provider",))
        assert "8 of 12 shown" in svg
        assert len(told(svg)) == 8
        assert not any("p3;" in one for one in told(svg))


def test_text_that_looks_like_markup_is_text(store: Store) -> None:
    for name in ("outcome_distribution", "top_outcomes"):
        svg = drawn(name, answer(store, name))
        assert "<script" not in svg
        assert "&lt;script&gt;" in svg


def test_what_is_absent_is_not_taken_for_a_value_that_reads_the_same() -> None:
    rows = [
        {"outcome": outcome, "count": count, "percentage": 50.0}
        for outcome, count in (("No outcome", 3), (None, 3))
    ]
    assert len(told(drawn("outcome_distribution", rows))) == 2


def test_calls_not_scored_are_named_with_their_share(store: Store) -> None:
    svg = drawn("sentiment_distribution", answer(store, "sentiment_distribution"))
    (unscored,) = [one for one in told(svg) if "Not scored" in one]
    assert "Share of all: 50%" in unscored
    assert "30 · 50% of all" in svg


def test_the_number_stands_at_the_end_of_its_own_bar() -> None:
    rows = [
        {"provider": "A", "count": 10, "percentage": 50.0, "previous.count": 20},
        {"provider": "B", "count": 10, "percentage": 50.0, "previous.count": 5},
    ]
    svg = drawn("provider_breakdown", rows)
    places = re.findall(r'translate\(([\d.]+),[\d.]+\)"[^>]*>10 · 50%<', svg)
    assert len(set(places)) == 1


def test_what_is_lost_between_stages_is_told_where_it_is_known() -> None:
    counts = ((200_000, 100.0, 100.0), (199_980, 99.99, 99.99), (99_990, 50.0, 50.0))
    rows = [
        {"step": step, "status": f"s{step}", "count": one, "conversion_rate": of, "step_rate": kept}
        for step, (one, of, kept) in enumerate(counts, start=1)
    ]
    svg = drawn("conversion_funnel", rows)
    assert ">199,980 · 100% · 0%</text>" in svg
    assert ">99,990 · 50% · \N{MINUS SIGN}50%</text>" in svg
    nothing = [{**row, "count": 0, "conversion_rate": None, "step_rate": None} for row in rows]
    bare = drawn("conversion_funnel", nothing)
    assert len(re.findall(">0</text>", bare)) >= len(rows)
    assert "100%" not in bare


def test_costs_are_told_by_sum_average_and_number(store: Store) -> None:
    first = told(drawn("measure", answer(store, "measure"), (), "cost"))[0]
    labels = [one.split(":")[0] for one in first.split("; ") if one]
    assert labels == ["Currency", "Sum", "Average", "Calls"]


def test_numbers_are_told_beside_shares() -> None:
    rows = [{"provider": "TWILIO", "count": 1234, "percentage": 12.34}]
    assert "1,234 · 12.3%" in drawn("provider_breakdown", rows)
    none = [{"provider": "TWILIO", "count": 0, "percentage": None}]
    assert ">0</text>" in drawn("provider_breakdown", none)


def test_amounts_of_different_currencies_are_not_measured_by_each_other() -> None:
    rows = [
        {"merchant_id": "m", "currency": currency, "count": 1, "sum": total, "avg": total}
        for currency, total in (("INR", 80_000), ("USD", 10))
    ]
    svg = drawn("measure", rows, ("merchant_id",), "cost")
    widths = re.findall(r'd="M0,[\d.]+h([\d.]+)v', svg[svg.index("mark-rect") :])
    assert len(set(widths[:2])) == 1


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_colours_can_be_told_from_the_page(mode: Any) -> None:
    """At least 4.5 to 1 for text and 3 to 1 for marks, as WCAG 2.2 AA asks."""
    back = {"light": "#ffffff", "dark": "#161b26"}[mode]
    config = theme(mode)
    styles = config["style"]
    texts = [styles[one]["color"] for one in ("value", "note", "main_name", "second_name")]
    texts += [config["axis"]["labelColor"], config["legend"]["labelColor"]]
    marks = [styles[one]["color"] for one in ("main", "second", "behind", "rest")]
    assert all(contrast(one, back) >= 4.5 for one in texts)
    assert all(contrast(one, back) >= 3 for one in (*marks, *config["range"]["category"]))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_what_can_be_set_from_outside_is_a_parameter_of_every_picture() -> None:
    for name in registry():
        spec = specification(name, ("merchant_id",))
        assert spec is None or {one["name"] for one in spec["params"]} == set(PARAMS)


@pytest.mark.parametrize(
    ("field", "unit", "text"),
    [
        ("count", Unit.LEADS, "Leads"),
        ("previous.count", Unit.CALLS, "Calls, compared period"),
        ("previous.step_rate", Unit.LEADS, "Share of the stage before, compared period"),
        ("payload.city", Unit.CALLS, "city"),
        ("some_new_field", Unit.CALLS, "Some new field"),
    ],
)
def test_labels(field: str, unit: Unit, text: str) -> None:
    assert label(field, unit) == text
