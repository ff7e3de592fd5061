"""Values of files and bodies as records take them: units, time formats, words, nulls, numbers."""

from decimal import Decimal
from typing import Any

import pytest

from callistics.mapping import FieldRule, MappingError, RecordMapping
from callistics.mapping.values import Reading
from callistics.model.zones import zone
from support.mapped_values import read


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2025-01-31T23:59:59Z", "2025-01-31T23:59:59Z"),
        ("2020/2/10 22:41", "2020-02-10T22:41:00"),
        ("Jan 13, 2025, 10:03:22\u202fPM", "2025-01-13T22:03:22"),
        ("2020.12.1 2:41:05", "2020-12-01T02:41:05"),
        ("2025-05-16 11:31 PM", "2025-05-16T23:31:00"),
        ("2025-05-16 12:31 am", "2025-05-16T00:31:00"),
        ("2025-5-6 12:31 p.m.", "2025-05-06T12:31:00"),
        ("Tue, 31 Aug 2010 20:36:28 +0000", "2010-08-31T20:36:28Z"),
        ("31 Aug 2010 20:36:28 GMT", "2010-08-31T20:36:28Z"),
        ("31-Aug-2010", "2010-08-31T00:00:00"),
        ("1 Sept. 2010 10:00 +0530", "2010-09-01T04:30:00Z"),
        ("1 Sep 2010 10:00 -23:59", "2010-09-02T09:59:00Z"),
        ("August 31, 2010 8:36 PM", "2010-08-31T20:36:00"),
        ("2025-05-16 11:31:00 UTC", "2025-05-16 11:31:00 UTC"),
        ("2025/05/16 11:31:00 +0530", "2025-05-16T06:01:00Z"),
        ("2025/05/16 11:31:00,25", "2025-05-16T11:31:00.250000"),
        ("31/03/2021", "2021-03-31T00:00:00"),
        ("3/31/2021 4:05", "2021-03-31T04:05:00"),
        ("4/4/2021", "2021-04-04T00:00:00"),
        ("20250131235959", "2025-01-31T23:59:59"),
        ("20250131", "20250131"),
    ],
)
def test_unambiguous_times_are_read_as_they_are(text: str, time: str) -> None:
    assert read("started_at", text) == time


@pytest.mark.parametrize(
    "text", ["yesterday", "31/13/2021", "2021/02/30", "13:00 PM", "1/2/21", "7"]
)
def test_what_is_no_time_is_left_to_the_server(text: str) -> None:
    assert read("started_at", text) == text


def test_day_and_month_are_never_guessed() -> None:
    with pytest.raises(ValueError, match=r"2017-09-01 if the day comes first and 2017-01-09 if"):
        read("started_at", "1/9/2017 16:33:01")
    first = read("started_at", "1/9/2017 16:33:01", formats=("%d/%m/%Y %H:%M:%S",))
    assert first == "2017-09-01T16:33:01"
    assert (
        read("started_at", "8/11/2025 0:36", formats=("%m/%d/%Y %H:%M",)) == "2025-08-11T00:36:00"
    )


def test_formats_are_tried_in_turn_and_get_the_zone() -> None:
    formats = ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M %z")
    kolkata = Reading(zone("Asia/Kolkata"))
    assert (
        read("started_at", "05.01.2025 05:30", kolkata, formats=formats) == "2025-01-05T00:00:00Z"
    )
    assert read("started_at", "05.01.2025 05:30 +0100", formats=formats) == "2025-01-05T04:30:00Z"
    with pytest.raises(
        ValueError, match=r"2025-01-05 is not of the time format %d.%m.%Y %H:%M or"
    ) as iso:
        read("started_at", "2025-01-05", formats=formats)
    assert str(iso.value).endswith(", but ISO 8601, which needs none")
    with pytest.raises(ValueError, match=r"%z$"):
        read("started_at", "5/1/2025", formats=formats)


@pytest.mark.parametrize(
    ("value", "unit", "time"),
    [
        (1703302407, "s", "2023-12-23T03:33:27Z"),
        ("1703302407.25", "s", "2023-12-23T03:33:27.250000Z"),
        (1703302407333, "ms", "2023-12-23T03:33:27.333000Z"),
        (Decimal("1703302407333.0"), "ms", "2023-12-23T03:33:27.333000Z"),
        (1703302407333444, "us", "2023-12-23T03:33:27.333444Z"),
        (1703302407333444555, "ns", "2023-12-23T03:33:27.333444Z"),
        (631152000, "s", "1990-01-01T00:00:00Z"),
        (4133980799, "s", "2100-12-31T23:59:59Z"),
    ],
)
def test_epochs_have_a_unit(value: object, unit: str, time: str) -> None:
    assert read("started_at", value, unit=unit) == time


@pytest.mark.parametrize(
    ("value", "unit", "message"),
    [
        (1703302407, "ms", "lies outside the years 1990 to 2100: with the unit s it would not"),
        (1703302407333, "s", "with the unit ms it would not"),
        (631151999, "s", "outside the years 1990 to 2100"),
        (4133980800, "s", "outside the years 1990 to 2100"),
        (0, "s", "outside the years"),
        ("soon", "s", '"soon" is no number of s since 1970'),
    ],
)
def test_epochs_far_from_today_are_refused(value: object, unit: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read("started_at", value, unit=unit)


def test_a_zero_is_absent_on_request() -> None:
    assert read("answered_at", 0, unit="s", zero_is_absent=True) is None
    assert read("answered_at", "0", unit="s", zero_is_absent=True) is None
    assert read("answered_at", "0", unit="s", words={"0": ""}) is None
    assert read("duration", "0") == 0


@pytest.mark.parametrize("value", [1703302407333, "1703302407333", Decimal("1703302407333")])
def test_a_bare_number_is_no_time(value: object) -> None:
    with pytest.raises(
        ValueError, match="has no unit: ms since 1970 would make it 2023-12-23T03:33"
    ):
        read("started_at", value)


@pytest.mark.parametrize(
    ("value", "unit", "seconds"),
    [
        ("0:02:46", None, 166),
        ("02:46", None, 166),
        ("1:00:00", "ms", 3600),
        ("02:46.5", None, Decimal("166.5")),
        ("4.2", "min", 252),
        (Decimal("0.834"), "min", Decimal("50.04")),
        (15791, "ms", Decimal("15.791")),
        (2, "h", 7200),
        (25, "s", 25),
        ("75:00", None, 4500),
        ("1:60:00", None, "1:60:00"),
        ("02:60", None, "02:60"),
        ("soon", None, "soon"),
    ],
)
def test_durations(value: object, unit: str | None, seconds: object) -> None:
    assert read("duration", value, unit=unit) == seconds


def test_a_duration_with_a_unit_is_a_number() -> None:
    with pytest.raises(ValueError, match='"soon" is no number'):
        read("duration", "soon", unit="min")


@pytest.mark.parametrize(
    ("mark", "text", "number"),
    [
        (None, "12,5", "12,5"),
        (None, "1,234", "1,234"),
        (",", "12,5", Decimal("12.5")),
        (",", "1.234", 1234),
        (",", "1.234,50", Decimal("1234.50")),
        (",", "12.5", "12.5"),
        (".", "1,234", Decimal(1234)),
        (".", "1,234,567.25", Decimal("1234567.25")),
        (".", "12,5", "12,5"),
        (",", "1 234,5", Decimal("1234.5")),
        (".", "67", 67),
    ],
)
def test_decimal_marks(mark: str | None, text: str, number: object) -> None:
    assert read("duration", text, Reading(mark=mark)) == number


def test_money_is_exact() -> None:
    assert read("cost", 70, unit="cents") == Decimal("0.7")
    assert read("cost", "-0.03000", scale=Decimal(-1)) == Decimal("0.03")
    assert read("cost", Decimal("0.1") * 3, unit="micros") == Decimal("0.0000003")


@pytest.mark.parametrize(
    ("value", "scale", "score"),
    [
        ("85%", None, Decimal("0.85")),
        (85, Decimal("0.01"), Decimal("0.85")),
        ("85%", Decimal("0.01"), Decimal("0.85")),
        ("Positive", None, "Positive"),
        (" NEUTRAL ", Decimal("0.01"), "NEUTRAL"),
        ("0.5", None, Decimal("0.5")),
    ],
)
def test_scores(value: object, scale: Decimal | None, score: object) -> None:
    assert read("sentiment", value, scale=scale) == score


@pytest.mark.parametrize(
    ("word", "direction"),
    [
        ("Inbound", "inbound"),
        ("OUTBOUND ", "outbound"),
        ("outbound-api", "outbound"),
        ("Outgoing", "outbound"),
        ("incoming", "inbound"),
        ("webCall", "webCall"),
    ],
)
def test_closed_lists_have_no_case_and_known_other_words(word: str, direction: str) -> None:
    assert read("direction", word) == direction


def test_words_are_told() -> None:
    words = {"ANSWERED": "reached", "1": "one", "true": "yes", "none": ""}
    assert read("outcome", "answered ", words=words) == "reached"
    assert read("outcome", 1, words=words) == "one"
    assert read("outcome", True, words=words) == "yes"
    assert read("outcome", "None", words=words) is None
    assert read("outcome", "BUSY", words=words) == "BUSY"
    assert read("outcome", "BUSY", words={**words, "*": "other"}) == "other"
    with pytest.raises(ValueError, match='"BUSY" is none of the words'):
        read("outcome", "BUSY", words=words, words_only=True)
    assert read("sentiment", "happy", words={"happy": "0.9"}) == Decimal("0.9")
    assert read("success", "unknown", words={"unknown": ""}) is None


def test_nulls_are_absent_in_every_field() -> None:
    nulls = Reading(nulls=frozenset({"NULL", "\\N"}))
    assert read("outcome", " NULL", nulls) is None
    assert read("payload.x", "\\N", nulls) is None
    assert read("outcome", "null", nulls) == "null"
    assert read("duration", "NULL") == "NULL"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("call_id", 42, "42"),
        ("call_id", Decimal("42.0"), "42"),
        ("call_id", 42.0, "42"),
        ("call_id", 12345678901234567890, "12345678901234567890"),
        ("call_id", Decimal(12345678901234567890), "12345678901234567890"),
        ("call_id", Decimal(10**40), str(10**40)),
        ("call_id", 999999999999999.0, "999999999999999"),
        ("call_id", "007", "007"),
        ("call_id", ["x"], ["x"]),
        ("outcome", True, True),
        ("duration", "67", 67),
        ("attempt", "2", 2),
        ("test", "Yes", True),
        ("test", 0, False),
        ("success", False, False),
        ("payload.x", 42, 42),
        ("payload.x", "42", "42"),
    ],
)
def test_numbers_for_ids_and_texts_for_numbers(name: str, value: object, kept: object) -> None:
    found = read(name, value)
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize("name", ["call_id", "lead_id", "merchant_id", "reseller_id"])
@pytest.mark.parametrize(
    "value", [1764490000.1, Decimal("1764490000.1"), 1e15, 12345678901234567.0]
)
def test_a_number_that_lost_digits_is_no_id(name: str, value: object) -> None:
    """Two calls of one second have the ids 1764490000.1 and 1764490000.10 in Asterisk 22."""
    with pytest.raises(ValueError, match=r"is a number, .*: keep the column as text"):
        read(name, value)


@pytest.mark.parametrize(
    ("name", "rule", "message"),
    [
        ("outcome", {"unit": "ms"}, "outcome has no unit: only times, durations and costs have"),
        ("started_at", {"unit": "min"}, "the unit of started_at is one of s, ms, us, ns, not min"),
        ("cost", {"unit": "s"}, "the unit of cost is one of cents, micros, not s"),
        ("duration", {"formats": ("%H",)}, "duration is no time"),
        ("started_at", {"formats": ("%d/%m",)}, "does not say day, month and year"),
        ("started_at", {"formats": ("%d/%m/%Y %I:%M",)}, "which half of the day"),
        ("started_at", {"formats": ("%d/%m/%Y %Q",)}, "is no time format"),
        ("started_at", {"formats": ("%d/%m/%Y %Z",)}, "names no offset"),
        ("started_at", {"formats": ("%d/%m/%Y",), "unit": "s"}, "not by both"),
        ("outcome", {"scale": Decimal(1)}, "outcome is no number"),
        ("cost", {"scale": Decimal(2), "unit": "cents"}, "one of the two says it all"),
    ],
)
def test_rules_that_do_not_go_with_their_field(name: str, rule: Any, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        RecordMapping(fields={name: FieldRule(("x",), **rule)})
