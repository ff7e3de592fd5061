"""From which bucket on a series is unfinished."""

import pytest

from callistics.pictures.unfinished import unfinished_from

DAYS = ["2025-01-01", "2025-01-02", "2025-01-03"]
RANGE = "2025-01-01T00:00:00+00:00/2025-01-04T00:00:00+00:00"
HOURS = [
    f"2025-10-26T0{hour}:00:00+0{offset}:00" for hour, offset in ((1, 2), (2, 2), (2, 1), (3, 1))
]
HOUR_RANGE = "2025-10-26T01:00:00+02:00/2025-10-26T04:00:00+01:00"


@pytest.mark.parametrize(
    ("labels", "range_", "until", "label"),
    [
        (DAYS, RANGE, "2025-01-04T00:00:00+00:00", None),
        (DAYS, RANGE, "2025-01-02T00:00:00+00:00", "2025-01-02"),
        (DAYS, RANGE, "2025-01-02T23:59:59.999+00:00", "2025-01-02"),
        (DAYS, RANGE, "2024-12-01T00:00:00+00:00", "2025-01-01"),
        (DAYS, RANGE.rpartition("/")[0] + "/..", "2025-01-02T00:00:00+00:00", None),
        ([], RANGE, "2025-01-02T00:00:00+00:00", None),
        (HOURS, HOUR_RANGE, "2025-10-26T02:30:00+02:00", HOURS[1]),
        (HOURS, HOUR_RANGE, "2025-10-26T02:30:00+01:00", HOURS[2]),
    ],
)
def test_the_bucket_in_which_completeness_ends(
    labels: list[str], range_: str, until: str, label: str | None
) -> None:
    assert unfinished_from(labels, range_, until) == label
