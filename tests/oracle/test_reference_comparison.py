"""The plain evaluation of comparisons, where the answer is known beforehand."""

from typing import Any

import pytest

from .building import between, call, calls_at, reference, rows
from .reference import Refused
from .reference.comparison import limits
from .reference.moments import span

FEBRUARY = between("2025-02-01", "2025-02-28")
NOW = 1_800_000_000_000_000


def asked(*records: Any, query_type: str, how: str = "previous_period", **body: Any) -> list[Any]:
    made = reference(records)
    request = {"query_type": query_type, "compare": how, "filters": FEBRUARY} | body
    return [tuple(row.values()) for row in made.ask(request, None, NOW)["data"]]


def test_rows_of_either_side() -> None:
    records = (
        call("a", "2025-01-10", outcome="X"),
        call("b", "2025-01-31", outcome="A"),
        call("c", "2025-02-10", outcome="A"),
        call("d", "2025-02-11"),
    )
    assert asked(*records, query_type="outcome_distribution") == [
        ("A", 1, 50, 1, 50),
        (None, 1, 50, None, None),
        ("X", 0, 0, 1, 50),
    ]
    assert asked(*records, query_type="top_outcomes") == [
        (1, "A", 1, 100, 1, 50),
        (2, "X", 0, 0, 1, 50),
    ]
    assert asked(*records, query_type="call_count", group_by=["outcome"]) == [
        ("A", 1, 1),
        ("X", 0, 1),
        (None, 1, None),
    ]
    assert asked(*records, query_type="call_count", group_by=["date"]) == [
        ("2025-02-10", 1, 1),
        ("2025-02-11", 1, None),
    ]


def test_a_series_goes_by_position() -> None:
    records = calls_at("2023-02-28", "2024-02-28", "2024-02-29")
    found = asked(
        *records,
        query_type="calls_over_time",
        how="previous_year",
        filters=between("2024-02-28", "2024-02-29"),
    )
    assert found == [("2024-02-28", 1, 1), ("2024-02-29", 1, None)]


@pytest.mark.parametrize(
    ("zone", "first", "last", "now", "ends"),
    [
        ("UTC", "2025-03-01", "2025-03-31", "2025-03-10T14:00", "2025-02-10T14:00"),
        ("UTC", "2025-03-01", "2025-03-31", "2025-03-30T14:00", "2025-03-01T00:00"),
        ("Europe/Lisbon", "2021-10-31", "2021-10-31", "2021-10-31T20:00", "2021-10-30T20:00"),
        ("UTC", "2025-03-10T10:00", "2025-03-10T17:59", "2025-03-10T12:00", "2025-03-10T04:00"),
    ],
)
def test_parts_of_a_range(zone: str, first: str, last: str, now: str, ends: str) -> None:
    begin, end, moment, wanted = (span(text, zone) for text in (first, last, now, ends))
    assert begin
    assert end
    assert moment
    assert wanted
    whole = begin.start, end.end
    this, other = limits("previous_period", zone, whole, moment.start, "call_count")
    assert (this[1], other[1]) == (moment.start, wanted.start)
    assert limits("previous_period", zone, whole, moment.start, "calls_over_time")[0] == whole


def test_an_open_range_is_refused() -> None:
    with pytest.raises(Refused):
        rows(
            reference([]), "call_count", compare="previous_year", filters={"date_to": "2025-01-01"}
        )
