"""UTC offsets and names of months in the times of files: those that there are, and no others."""

import pytest

from callistics.mapping import FieldRule
from callistics.mapping.values import Reading, converter
from callistics.model.zones import zone
from callistics.records.field import RecordKind
from callistics.records.fields import ALL_FIELDS


@pytest.mark.parametrize(
    "text",
    [
        "2025-01-01T10:00:00+99:00",
        "2025-01-01T10:00:00-24:00",
        "1 Jan 2025 10:00 +24:00",
        "1 Jan 2025 10:00 +05:75",
        "1 Jan 2025 10:00 +05:",
        "1 Junk 2025 10:00 +05:30",
        "1 Marble 2025",
        "1 Augusts 2025",
    ],
)
def test_no_offset_and_no_month_is_made_of_what_is_none(text: str) -> None:
    field = ALL_FIELDS[RecordKind.CALLS].get("started_at")
    assert converter(field, FieldRule(), Reading(zone=zone("UTC")))(text) == text
