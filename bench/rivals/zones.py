"""The offsets of a question's zone: what a statement adds to UTC, and from when on."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache

from bench.questions import Question
from callistics.timezones import rules

Piece = tuple[datetime | None, timedelta]
"""An offset of a zone with the instant it begins at, which for the first does not matter."""


def offsets(question: Question, first: date, last: date) -> list[Piece]:
    """The offsets of the question's zone while calls are made that it asks for.

    `first` and `last` are the days of the first and the last call.
    """
    begin = question.begin or _instant(first)
    end = question.end or _instant(last + timedelta(days=1))
    changes = _changes(question.zone, first.year, last.year)
    current = [offset for moment, offset in changes if moment <= begin][-1]
    return [
        (None, current),
        *((moment, offset) for moment, offset in changes if begin < moment < end),
    ]


def _instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@cache
def _changes(name: str, first: int, last: int) -> list[tuple[datetime, timedelta]]:
    """The instants within years at which a zone takes another offset, and the first of all."""
    zone = rules(name)
    moment, end = datetime(first - 1, 12, 1, tzinfo=UTC), datetime(last + 1, 2, 1, tzinfo=UTC)
    found = [(moment, _offset(moment, zone))]
    while moment < end:
        moment += timedelta(hours=1)
        if _offset(moment, zone) != found[-1][1]:
            found.append((moment, _offset(moment, zone)))
    return found


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
