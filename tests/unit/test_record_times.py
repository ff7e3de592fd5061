"""Local times of one record in an hour that the clocks showed twice are read together."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.model.instants import HOUR, MINUTE, SECOND, micros, naive, utc_text
from callistics.model.zones import zone
from callistics.records.decode import Change, parse_record
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading
from callistics.records.merge import State, apply, duration_ms

READING = Reading(zone("Europe/Lisbon"), micros(naive(0).replace(year=2026)))
# The clocks of Lisbon went from 01:59:59 back to 01:00:00 at this instant.
BACK = micros(naive(0).replace(year=2025, month=10, day=26, hour=1))


def parsed(**fields: Any) -> Change:
    record = {"call_id": "c", "merchant_id": "m", "reseller_id": "r", **fields}
    found = parse_record(RecordKind.CALLS, record, READING)
    assert isinstance(found, Change), found
    return found


def times(**fields: Any) -> list[str]:
    values = parsed(**fields).values
    return [
        utc_text(int(values[name] or 0)) for name in ("started_at", "ended_at") if name in values
    ]


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2025-10-26 01:59:30", "2025-10-26 02:00:15", 45),
        ("2025-10-26 01:59:30", "2025-10-26 01:00:15", 45),
        ("2025-10-26 00:59:30", "2025-10-26 01:00:15", 45),
        ("2025-10-26 01:10:00", "2025-10-26 01:20:00", 600),
        ("2025-10-26 01:20:00", "2025-10-26 01:10:00", 3_000),
        ("2025-10-26T01:30:00Z", "2025-10-26 01:30:30", 30),
        ("2025-10-26 01:30:00", "2025-10-26T01:31:00Z", 60),
        ("2025-10-26 01:30:00", "2025-10-26T00:31:00Z", 60),
        ("2025-03-30 00:59:30", "2025-03-30 02:00:15", 45),
        ("2025-03-30 01:30:00", "2025-03-30 02:30:30", 30),
    ],
)
def test_the_shortest_call_is_taken(start: str, end: str, seconds: int) -> None:
    state = State()
    apply(RecordKind.CALLS, state, parsed(started_at=start, ended_at=end), 1)
    assert duration_ms(state) == seconds * 1000


def test_of_equally_short_calls_the_earlier_is_taken() -> None:
    assert times(started_at="2025-10-26 01:10", ended_at="2025-10-26 01:20") == [
        "2025-10-26T00:10:00Z",
        "2025-10-26T00:20:00Z",
    ]


@given(st.integers(-2 * 3_600, 2 * 3_600), st.integers(0, 1_800))
def test_every_call_of_up_to_half_an_hour_keeps_its_length(begin: int, lasted: int) -> None:
    started = BACK + begin * SECOND
    shown = [READING.zone.local(at) for at in (started, started + lasted * SECOND)]
    values = parsed(started_at=utc_text(shown[0])[:-1], ended_at=utc_text(shown[1])[:-1]).values
    assert int(values["ended_at"] or 0) - int(values["started_at"] or 0) == lasted * SECOND


@pytest.mark.parametrize("duration", [75 * 60, 135 * 60, Decimal("8100.4")])
def test_an_end_beside_a_duration_that_agrees_tells_which_start_it_was(
    duration: int | Decimal,
) -> None:
    found = times(started_at="2025-10-26 01:30", ended_at="2025-10-26 02:45", duration=duration)
    assert found == [
        "2025-10-26T01:30:00Z" if duration == 75 * 60 else "2025-10-26T00:30:00Z",
        "2025-10-26T02:45:00Z",
    ]


@pytest.mark.parametrize("duration", [0, 5, 36_000])
def test_an_end_beside_a_duration_that_does_not_agree_is_left_aside(duration: int) -> None:
    found = times(
        started_at="2025-10-26 01:59:30", ended_at="2025-10-26 01:00:15", duration=duration
    )
    assert found == ["2025-10-26T00:59:30Z", "2025-10-26T01:00:15Z"]
    found = times(started_at="2025-10-26 01:30", ended_at="2025-10-25 12:00", duration=duration)
    assert found == ["2025-10-26T00:30:00Z", "2025-10-25T11:00:00Z"]


def test_an_end_before_the_start_is_wrong_only_where_it_counts() -> None:
    early = {"started_at": "2025-01-15T09:30:00.900Z", "ended_at": "2025-01-15T09:30:00Z"}
    assert parsed(**early, duration=0).values["duration"] == 0
    for record in (early, {**early, "duration": None}):
        found = parse_record(RecordKind.CALLS, {"call_id": "c", **record}, READING)
        assert not isinstance(found, Change)
        assert [(one.pointer, one.message) for one in found] == [
            ("/ended_at", "before the start, 2025-01-15T09:30:00.900000Z")
        ]


def test_where_no_reading_is_in_order_the_end_is_wrong() -> None:
    record = {"call_id": "c", "started_at": "2025-10-26 02:30", "ended_at": "2025-10-26 01:30"}
    found = parse_record(RecordKind.CALLS, record, READING)
    assert not isinstance(found, Change)
    assert [one.pointer for one in found] == ["/ended_at"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (None, "2025-10-26T00:30:00Z"),
        ("2025-10-26T00:10:00Z", "2025-10-26T00:30:00Z"),
        ("2025-10-26T00:30:00Z", "2025-10-26T00:30:00Z"),
        ("2025-10-26T00:59:30Z", "2025-10-26T01:30:00Z"),
        ("2025-10-26T01:30:00.000001Z", "2025-10-26T00:30:00Z"),
    ],
)
def test_an_end_that_comes_alone_is_not_before_the_known_start(start: str | None, end: str) -> None:
    state = State()
    if start is not None:
        apply(RecordKind.CALLS, state, parsed(started_at=start), 1)
    apply(RecordKind.CALLS, state, parsed(ended_at="2025-10-26 01:30:00"), 2)
    assert utc_text(int(state.values["ended_at"] or 0)) == end


def test_times_with_an_offset_and_times_alone_are_as_they_are() -> None:
    assert times(started_at="2025-10-26T01:30:00+01:00", ended_at="2025-10-26T01:30:00Z") == [
        "2025-10-26T00:30:00Z",
        "2025-10-26T01:30:00Z",
    ]
    assert times(started_at="2025-10-26 01:30") == ["2025-10-26T00:30:00Z"]
    lead = parse_record(
        RecordKind.LEADS, {"lead_id": "l", "created_at": "2025-10-26 01:30"}, READING
    )
    assert isinstance(lead, Change)
    assert lead.values["created_at"] == BACK - HOUR + 30 * MINUTE
