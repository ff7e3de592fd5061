"""The forms of ISO 8601 that are read, to their precision, and those that are not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.model.instants import DAY, HOUR, MINUTE, SECOND, micros, naive, parse_iso

BEGIN = micros(naive(0).replace(year=2024, month=1, day=27, hour=15, minute=7, second=24))


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2024-01-27T15:07:24", None),
        ("2024-01-27 15:07:24Z", 0),
        ("2024-01-27 15:07:24+05", 5 * 3_600),
        ("2024-01-27 15:07:24-05", -5 * 3_600),
        ("2024-01-27 15:07:24+00", 0),
        ("2024-01-27T15:07:24+0530", 19_800),
        ("2024-01-27T15:07:24+05:30", 19_800),
        ("2024-01-27 15:07:24 +0530", 19_800),
        ("2024-01-27 15:07:24 UTC", 0),
        ("2024-01-27 15:07:24UTC", 0),
        ("2024-01-27t15:07:24z", 0),
        ("20240127T150724", None),
        ("20240127T150724Z", 0),
        ("20240127T150724+05", 5 * 3_600),
        ("20240127T150724-0530", -19_800),
        ("20240127 150724 UTC", 0),
        ("2024-01-27T15:07:24\u221205:30", -19_800),
        ("2024-W04-6T15:07:24Z", 0),
        ("2024W046T150724Z", 0),
        ("2024-027 15:07:24+05", 5 * 3_600),
    ],
)
def test_a_time_to_the_second(text: str, offset: int | None) -> None:
    written = parse_iso(text)
    assert (written.local, written.offset) == (BEGIN, offset)
    assert written.unit_ns == SECOND * 1_000


@pytest.mark.parametrize(
    ("text", "local", "unit"),
    [
        ("2024-01-27", BEGIN // DAY * DAY, DAY),
        ("20240127", BEGIN // DAY * DAY, DAY),
        ("2024-W04-6", BEGIN // DAY * DAY, DAY),
        ("2024W046", BEGIN // DAY * DAY, DAY),
        ("2024-027", BEGIN // DAY * DAY, DAY),
        ("2024-01-27T15Z", BEGIN // HOUR * HOUR, HOUR),
        ("20240127T15", BEGIN // HOUR * HOUR, HOUR),
        ("2024-01-27 15:07+05", BEGIN // MINUTE * MINUTE, MINUTE),
        ("20240127T1507Z", BEGIN // MINUTE * MINUTE, MINUTE),
        ("2024-01-27T15:07:24,5Z", BEGIN + SECOND // 2, SECOND // 10),
        ("2024-01-27T15:07:24.250 UTC", BEGIN + SECOND // 4, SECOND // 1_000),
        ("20240127T150724.5Z", BEGIN + SECOND // 2, SECOND // 10),
    ],
)
def test_other_precisions(text: str, local: int, unit: int) -> None:
    written = parse_iso(text)
    assert (written.local, written.unit_ns) == (local, unit * 1_000)


def test_digits_beyond_the_nanosecond_are_cut_off() -> None:
    written = parse_iso("2024-01-27T15:07:24.12345678987654321Z")
    assert written == parse_iso("2024-01-27T15:07:24.123456789Z")
    assert written.unit_ns == 1


@pytest.mark.parametrize(
    "text",
    [
        *("", "noon", "27/01/2024", "01/27/2024 15:07", "1706367000", "2024", "2024-01", "202401"),
        *("2024-1-27", "2024-01-27Z", "20240127Z", "2024-01-27T", "2024-01-27T15:07:24 EST"),
        *("2024-01-27  15:07:24", "2024-01-27T150724Z", "20240127T15:07:24Z", "2024-01-27T15:7"),
        *("2024-01-27T15:07:24+5", "2024-01-27T15:07:24+05:3", "2024-01-27T15:07:24Z UTC"),
        *("2024-01-27T15:07:24.Z", "2024-01-27T15:07.5Z", "\u0662024-01-27"),
        *("2024-W04", "2024-W046", "2024W04-6", "2024-W04-8", "2024-w04-6", "2024027", "2024-0270"),
        *("2024-W04-6T150724Z", "2024W046T15:07:24Z", "2024-027T150724Z"),
    ],
)
def test_other_texts_are_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"2025-01-31 23:59:59\.5\+05:30 or 20250131T235959Z"):
        parse_iso(text)


@pytest.mark.parametrize(
    "text",
    [
        *("2024-02-30", "20240230T100000Z", "2024-01-27T24:00", "2024-01-27T15:07:60Z"),
        *("2024-W00-1", "2024-W53-1", "2024W531", "2024-000", "2023-366", "9999-366"),
    ],
)
def test_times_that_do_not_exist(text: str) -> None:
    with pytest.raises(ValueError, match="no such date"):
        parse_iso(text)


def test_offsets_that_do_not_exist() -> None:
    for text in ("2024-01-27T15:07:24+24", "2024-01-27T15:07:24+0560"):
        with pytest.raises(ValueError, match="no such UTC offset"):
            parse_iso(text)


@given(st.dates())
def test_a_day_is_the_same_by_month_by_week_and_by_its_number(day: date) -> None:
    year, week, weekday = day.isocalendar()
    by_month = parse_iso(str(day))
    assert parse_iso(f"{day.year:04d}-{day.timetuple().tm_yday:03d}") == by_month
    if 1 <= year <= 9999:
        assert parse_iso(f"{year:04d}-W{week:02d}-{weekday}") == by_month
        assert parse_iso(f"{year:04d}W{week:02d}{weekday}") == by_month


@given(st.datetimes())
def test_the_basic_form_is_the_extended_without_separators(moment: object) -> None:
    text = str(moment)
    date, _, rest = text.partition(" ")
    assert parse_iso(text) == parse_iso(f"{date.replace('-', '')}T{rest.replace(':', '')}")
