"""What the page makes of the server's labels of time: texts, never zones of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from support.dashboard import Dashboard
from support.live import Live

HOURS = [
    "2025-10-26T01:00:00+02:00",
    "2025-10-26T02:00:00+02:00",
    "2025-10-26T02:00:00+01:00",
    "2025-10-26T03:00:00+01:00",
]
WEEKS = ["2025-09-29", "2025-10-06", "2025-10-13"]


@pytest.fixture(scope="module")
def page(browser: Browser, site: Live) -> Iterator[Dashboard]:
    """One page for all, of which none changes anything."""
    context = browser.new_context(locale="en-GB")
    found = Dashboard(context.new_page(), site.url)
    found.open()
    yield found
    context.close()


def module(page: Dashboard, name: str, call: str, *arguments: Any) -> Any:
    """What a function of a module of the page returns."""
    script = f"""async (given) => {{
        const main = document.querySelector("script[src$='main.js']").src;
        const found = await import(main.replace("main.js", "{name}.js"));
        return found.{call}(...given);
    }}"""
    return page.page.evaluate(script, list(arguments))


def dates(page: Dashboard, label: str, labels: list[str], begin: str, end: str) -> Any:
    """The range that a bucket stands for."""
    panel = {"selects": {"date": "date"}}
    resolved = {"begin": begin, "end": end}
    shown = {"labels": labels, "resolved": resolved}
    found = module(page, "select", "filtersOf", panel, {"date": label}, shown)
    return found["date_from"], found.get("date_to")


def test_an_hour_that_comes_twice_is_two_ranges(page: Dashboard) -> None:
    ends = ("2025-10-26T01:00:00+02:00", "2025-10-26T04:00:00+01:00")
    found = [dates(page, label, HOURS, *ends)[1] for label in HOURS]
    assert found == [
        "2025-10-26T01:59:59+02:00",
        "2025-10-26T02:59:59+02:00",
        "2025-10-26T02:59:59+01:00",
        "2025-10-26T03:59:59+01:00",
    ]
    texts = module(page, "format", "bucketTexts", HOURS, "hour")
    assert len(set(texts.values())) == len(HOURS)


def test_the_range_cuts_its_first_and_its_last_bucket(page: Dashboard) -> None:
    ends = ("2025-10-01T00:00:00+02:00", "2025-10-16T00:00:00+02:00")
    assert dates(page, WEEKS[0], WEEKS, *ends) == ("2025-10-01", "2025-10-05")
    assert dates(page, WEEKS[1], WEEKS, *ends) == ("2025-10-06", "2025-10-12")
    assert dates(page, WEEKS[2], WEEKS, *ends) == ("2025-10-13", "2025-10-15")


def test_an_end_within_a_day_is_kept_to_the_second(page: Dashboard) -> None:
    ends = ("2025-09-29T10:30:00+05:30", "2025-10-16T10:30:00+05:30")
    assert dates(page, WEEKS[0], WEEKS, *ends)[0] == ends[0]
    assert dates(page, WEEKS[2], WEEKS, *ends)[1] == "2025-10-16T10:29:59+05:30"


def test_an_open_end_stays_open(page: Dashboard) -> None:
    assert dates(page, WEEKS[2], WEEKS, "..", "..") == (WEEKS[2], None)


@pytest.mark.parametrize(
    ("date", "text"),
    [
        ("2025-01-15", "15 Jan 2025"),
        ("2025-01-15 09:00", "15 Jan 2025, 09:00"),
        ("2025-01-15T09:00+05:30", "15 Jan 2025, 09:00 +05:30"),
        ("20250115T090000+0530", "20250115T090000+0530"),
        ("20250115", "20250115"),
        ("2025-W03-3", "2025-W03-3"),
        ("2025-015", "2025-015"),
        ("2025-02-30", "2025-02-30"),
        ("abc", "abc"),
    ],
)
def test_a_date_in_any_form_is_shown(page: Dashboard, date: str, text: str) -> None:
    (chip,) = module(page, "chips", "describe", {"date_from": date})
    assert plain(chip["text"]) == plain(f"since {text}")


def test_a_locked_range_chooses_the_interval(page: Dashboard) -> None:
    locked = {"date_range": "last_30_days"}
    state = {"granularity": "auto", "compare": "previous_year", "filters": {}, "locked": locked}
    asked = module(page, "query", "common", state)
    # Before a locked range a token sees nothing that could be compared.
    assert (asked["granularity"], asked.get("compare")) == ("day", None)
    day = {"date_from": "2025-01-01", "date_to": "2025-01-01"}
    assert module(page, "query", "granularity", {**state, "filters": day}) == "hour"
    (chip,) = module(page, "chips", "describe", day)
    removed = module(page, "chips", "withoutChip", {**state, "filters": day}, chip)
    assert removed == {"date_range": None}


@pytest.mark.parametrize(
    ("labels", "until", "expected"),
    [
        (WEEKS, "2025-10-08T00:00:00+02:00", WEEKS[1]),
        (WEEKS, "2025-09-20T00:00:00+02:00", WEEKS[0]),
        (HOURS, "2025-10-26T02:30:00+02:00", HOURS[1]),
        (HOURS, "2025-10-26T02:30:00+01:00", HOURS[2]),
        (HOURS, "2025-11-01T00:00:00+01:00", None),
    ],
)
def test_what_is_not_over_is_unfinished(
    page: Dashboard, labels: list[str], until: str, expected: str | None
) -> None:
    resolved = {"end": "2025-11-01T00:00:00+01:00", "completeUntil": until}
    assert module(page, "query", "unfinishedFrom", labels, resolved, "hour") == expected


@pytest.mark.parametrize(
    ("filters", "unit"),
    [
        ({"date_range": "today"}, "hour"),
        ({"date_range": "past_90_minutes"}, "minute"),
        ({"date_range": "last_30_days"}, "day"),
        ({"date_range": "last_2_quarters"}, "week"),
        ({"date_range": "this_year"}, "month"),
        ({"date_from": "2025-01-01", "date_to": "2025-01-02"}, "hour"),
        ({"date_from": "2025-01-01T10:00", "date_to": "2025-01-01T10:59"}, "minute"),
        ({"date_from": "2025-01-01"}, "month"),
    ],
)
def test_the_interval_fits_the_range(page: Dashboard, filters: Any, unit: str) -> None:
    state = {"granularity": "auto", "filters": filters}
    assert module(page, "query", "granularity", state) == unit


MONTH = ("2026-11-01T00:00:00+05:30", "2026-12-01T00:00:00+05:30")
DAYS = ("2026-10-29T00:00:00+05:30", "2026-11-28T00:00:00+05:30")
MOMENTS = ("2026-11-27T10:30:00+05:30", "2026-11-28T10:30:00+05:30")


@pytest.mark.parametrize(
    ("begin", "end", "text"),
    [
        (*MONTH, "1-30 Nov 2026"),
        (*DAYS, "29 Oct - 27 Nov 2026"),
        ("2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z", "27 Nov 2026"),
        (*MOMENTS, "27 Nov 2026, 10:30 - 28 Nov 2026, 10:30"),
        (DAYS[0], "..", "since 29 Oct 2026"),
        ("..", DAYS[1], "until 27 Nov 2026"),
        ("..", "..", "all time"),
    ],
)
def test_a_range_is_told_in_the_days_that_it_has(
    page: Dashboard, begin: str, end: str, text: str
) -> None:
    found = module(page, "format", "range", begin, end)
    assert plain(found) == plain(text)


CAIRO = ("2026-04-24T01:00:00+03:00", "2026-05-01T00:00:00+03:00")
DATES = {"date_from": "2026-04-24", "date_to": "2026-04-30"}


@pytest.mark.parametrize(
    ("filters", "locked", "of_days"),
    [
        (DATES, {}, True),
        ({"date_range": "last_week"}, {}, True),
        ({"date_range": "past_7_days"}, {}, False),
        ({**DATES, "date_from": CAIRO[0]}, {}, False),
        ({}, DATES, True),
        (DATES, {"date_from": CAIRO[0]}, False),
    ],
)
def test_a_day_may_begin_after_midnight(
    page: Dashboard, filters: Any, locked: Any, of_days: bool
) -> None:
    """In Cairo the 24th of April 2026 begins at one o'clock."""
    resolved = {"begin": CAIRO[0], "end": CAIRO[1], "completeUntil": CAIRO[1]}
    state = {"filters": filters, "locked": locked}
    found = module(page, "query", "withDays", resolved, state)
    assert found == {**resolved, "ofDays": of_days}
    told = module(page, "asked", "comparedText", found, "previous_period")
    assert told == ("the 7 days before" if of_days else "the 167 hours before")
    begin = "24 - 30 Apr 2026" if of_days else "24 Apr 2026, 01:00 - 1 May 2026, 00:00"
    assert plain(module(page, "format", "range", *CAIRO, of_days)) == plain(begin)
    fixed = module(page, "select", "fixedDates", found)
    assert fixed["date_from"] == (DATES["date_from"] if of_days else CAIRO[0])
    assert fixed["date_to"] == DATES["date_to"]


def test_a_range_that_ends_within_a_skipped_hour_has_the_days_before_it(page: Dashboard) -> None:
    ends = ("2026-03-01T00:00:00+02:00", "2026-03-29T01:00:00+03:00")
    assert plain(module(page, "format", "range", *ends, True)) == plain("1 - 28 Mar 2026")
    resolved = {"begin": ends[0], "end": ends[1], "ofDays": True}
    assert module(page, "select", "fixedDates", resolved)["date_to"] == "2026-03-28"


def plain(text: str) -> str:
    """Without the kinds of spaces and dashes that the browser's release decides on."""
    return "".join(text.split()).replace("\N{EN DASH}", "-")


@pytest.mark.parametrize(
    ("ends", "compare", "text"),
    [
        (MONTH, "previous_period", "the month before"),
        (DAYS, "previous_period", "the 30 days before"),
        (MOMENTS, "previous_period", "the 24 hours before"),
        (MONTH, "previous_year", "the same dates a year before"),
    ],
)
def test_what_is_compared_with_is_said_in_words(
    page: Dashboard, ends: tuple[str, str], compare: str, text: str
) -> None:
    resolved = {"begin": ends[0], "end": ends[1], "completeUntil": ends[1]}
    assert module(page, "asked", "comparedText", resolved, compare) == text
    half = {**resolved, "completeUntil": ends[0]}
    cut = module(page, "asked", "comparedText", half, compare)
    assert cut == f"{text}, up to the same point"
