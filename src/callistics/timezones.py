"""The rules of time zones, of the package `tzdata` alone.

What the machine has is never looked at: its release of the rules is another one on each machine,
and no part of the lock.
"""

import time
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import tzdata

# The IANA zone of a machine that nobody has told where it is.
_NO_PLACE = "Factory"


def rules_version() -> str:
    """The release of the IANA rules in force, such as `2026f`."""
    return tzdata.IANA_VERSION


def rules_age() -> float:
    """Seconds since the year of the rules in force began: a release names no day."""
    began = datetime(int(rules_version()[:4]), 1, 1, tzinfo=UTC)
    return time.time() - began.timestamp()


@cache
def zone_names() -> frozenset[str]:
    """Every IANA name, links among them, that a request or a setting may use."""
    listed = resources.files(tzdata).joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listed.split()) - {_NO_PLACE}


@cache
def rules(name: str) -> ZoneInfo:
    """The rules of an IANA name, exactly as written. Raises `ValueError` if there is none.

    The object cannot be pickled: hand the name over.
    """
    if name not in zone_names():
        raise ValueError(f'no time zone named "{name[:128]}"')
    with resources.files(tzdata).joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
