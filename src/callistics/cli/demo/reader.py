"""Where and when the reader of a demo is: the time zone of the machine, and the day begun last."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from callistics.model.zones import zone

_EPOCH = date(1970, 1, 1)


def reader_zone(localtime: Path = Path("/etc/localtime")) -> str:
    """The IANA name of the machine's zone: the variable TZ, else the system's; UTC if unknown."""
    linked = str(localtime.resolve()).rpartition("zoneinfo/")[2]
    for name in (os.environ.get("TZ", "").removeprefix(":"), linked):
        if _is_zone(name):
            return name
    return "UTC"


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except ValueError:
        return False
    return True


def today_begins(zone_name: str, now: float | None = None) -> datetime:
    """The first instant of the zone's present day; `now` is in seconds since 1970."""
    there = zone(zone_name)
    instant = int((time.time() if now is None else now) * 1_000_000)
    begin = there.day_begin(there.day_at(instant))
    return datetime.fromtimestamp(begin // 1_000_000, UTC)


def last_days(until: datetime, zone_name: str, days: int) -> tuple[date, date]:
    """The first and the last of so many whole days before `until`, by the clocks of the zone."""
    there = zone(zone_name)
    last = there.day_at(int(until.timestamp()) * 1_000_000 - 1)
    end = _EPOCH + timedelta(days=last)
    return end - timedelta(days=days - 1), end
