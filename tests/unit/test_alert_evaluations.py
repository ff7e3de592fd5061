"""Which buckets of an alert are looked at, and for how long a group is known."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast

import pytest

from callistics.alerts.evaluate import evaluate
from callistics.alerts.figures import Watched
from callistics.alerts.machine import Reading
from callistics.alerts.windows import next_end, window_ending
from callistics.model.alerts import (
    AlertStatus,
    Condition,
    GroupKey,
    Hours,
    StoredAlert,
    Window,
)
from callistics.model.buckets import Granularity
from callistics.model.instants import micros
from callistics.model.zones import zone

UTC = zone("UTC")
CARRIER: GroupKey = {"provider": "TWILIO"}
BEGUN = micros(datetime.fromisoformat("2025-01-01"))


class Silent:
    """What is watched of a carrier that has calls in one bucket and none from then on."""

    def __init__(self, granularity: Granularity) -> None:
        self.zone, self.granularity = UTC, granularity
        self.looked_at: list[Window] = []

    def readings(self, window: Window, known: Sequence[GroupKey]) -> list[Reading]:
        self.looked_at.append(window)
        if len(self.looked_at) == 1:
            return [Reading(CARRIER, Decimal(10), None, 10)]
        return [Reading(one, Decimal(0), None, 0, occurs=False) for one in known]


def an_alert(hours: tuple[Hours, ...] = (), pending_for: int = 0) -> StoredAlert:
    below = Condition("below", value=Decimal(1))
    return StoredAlert(
        "a", "silence", "{}", "count", below, active_hours=hours, pending_for=pending_for
    )


def changes(
    alert: StoredAlert, granularity: Granularity, buckets: int
) -> dict[int, list[tuple[str, str]]]:
    """The changes after each of so many buckets, by its place, where there are any."""
    watched, status, end = Silent(granularity), AlertStatus(0, BEGUN), BEGUN
    found: dict[int, list[tuple[str, str]]] = {}
    for place in range(buckets):
        end = next_end(UTC, granularity, end)
        status, changed = evaluate(alert, cast(Watched, watched), status, end, end)
        if changed:
            found[place] = [(one.before.value, one.after.value) for one in changed]
    return found


@pytest.mark.parametrize(
    ("granularity", "pending_for", "expected"),
    [
        (Granularity.DAY, 0, {1: [("ok", "firing")], 30: [("firing", "ok")]}),
        (Granularity.WEEK, 0, {1: [("ok", "firing")], 5: [("firing", "ok")]}),
        (Granularity.MONTH, 0, {1: [("ok", "firing")], 3: [("firing", "ok")]}),
        (Granularity.YEAR, 0, {1: [("ok", "firing")], 3: [("firing", "ok")]}),
        (
            Granularity.MONTH,
            2,
            {1: [("ok", "pending")], 3: [("pending", "firing")], 5: [("firing", "ok")]},
        ),
    ],
)
def test_a_carrier_that_fell_silent_fires_and_ends_with_a_word(
    granularity: Granularity, pending_for: int, expected: dict[int, list[tuple[str, str]]]
) -> None:
    assert changes(an_alert(pending_for=pending_for), granularity, 40) == expected


NIGHT, DAY_AND_EVENING = Hours(22 * 60, 7 * 60), Hours(7 * 60, 22 * 60)


@pytest.mark.parametrize(
    ("hours", "granularity", "is_looked_at"),
    [
        ((NIGHT,), Granularity.DAY, False),
        ((NIGHT, DAY_AND_EVENING), Granularity.DAY, True),
        ((NIGHT, DAY_AND_EVENING), Granularity.YEAR, True),
        ((NIGHT, Hours(8 * 60, 22 * 60)), Granularity.YEAR, False),
        ((Hours(0, 24 * 60),), Granularity.MONTH, True),
        ((Hours(0, 24 * 60, (1, 2, 3, 4, 5)),), Granularity.WEEK, False),
        ((Hours(0, 30), Hours(40, 90)), Granularity.HOUR, False),
        ((Hours(0, 30), Hours(20, 60)), Granularity.HOUR, True),
    ],
)
def test_a_bucket_lies_whole_in_the_hours(
    hours: tuple[Hours, ...], granularity: Granularity, is_looked_at: bool
) -> None:
    watched = Silent(granularity)
    end = next_end(UTC, granularity, BEGUN)
    before = AlertStatus(0, window_ending(UTC, granularity, end, 1).begin)
    evaluate(an_alert(hours), cast(Watched, watched), before, end, end)
    assert bool(watched.looked_at) == is_looked_at
