"""The time that a call takes: from its start up to, but not including, start plus duration."""

from callistics.sql.fragment import Sql, compose, raw
from callistics.sql.selection import Frame

LASTS = raw("c.duration_ms > 0")
"""Whether a call takes any time that is known."""


def start_of(frame: Frame) -> Sql:
    """When a call started, in µs since 1970."""
    return frame.dialect.micros(frame.selection.unit.time)


def end_of(frame: Frame) -> Sql:
    """The first µs after it; NULL where its duration is unknown."""
    return compose("{} + 1000 * c.duration_ms", start_of(frame))
