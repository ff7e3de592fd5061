"""Instants at which calendars and clocks are awkward, and ways to write a time."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from functools import cache

from hypothesis import strategies as st

from .reference.zones import micros, rules
from .weights import weighted

MICROSECOND = timedelta(microseconds=1)
MILLISECOND = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Trap:
    """A zone and an instant in UTC worth being near to."""

    zone: str
    at: datetime


def _trap(zone: str, at: str) -> Trap:
    return Trap(zone, datetime.fromisoformat(at + "+00:00"))


TRAPS = (
    _trap("UTC", "2021-01-01T00:00"),  # ISO week 53 on both sides of the year
    _trap("UTC", "2024-12-30T00:00"),  # a Monday in week 1 of the next year
    _trap("UTC", "2020-02-29T12:00"),
    _trap("UTC", "2021-04-01T00:00"),  # quarter
    _trap("Asia/Kathmandu", "2020-12-31T18:15"),  # New Year at +05:45
    _trap("Europe/Lisbon", "2021-10-31T01:00"),  # 01:00 shown twice
    _trap("Europe/Lisbon", "2021-03-28T01:00"),  # 01:00 left out
    _trap("Australia/Lord_Howe", "2021-04-03T15:00"),  # back by half an hour
    _trap("Australia/Lord_Howe", "2021-10-02T15:30"),  # forward by half an hour
    _trap("America/Sao_Paulo", "2018-11-04T03:00"),  # a day without midnight
    _trap("America/Sao_Paulo", "2018-02-18T02:00"),  # midnight falls back to 23:00
    _trap("Pacific/Apia", "2011-12-30T10:00"),  # 30 December left out
    _trap("America/St_Johns", "2010-11-07T02:31"),  # 00:01 falls back to 23:01
    _trap("America/St_Johns", "2009-11-01T02:31"),
    _trap("America/St_Johns", "2010-03-14T03:31"),  # 00:01 leaps to 01:01
    _trap("Asia/Beirut", "2021-03-27T22:00"),  # a day without midnight
    _trap("Asia/Beirut", "2021-10-30T21:00"),  # midnight falls back to 23:00
    _trap("America/Havana", "2021-11-07T05:00"),  # 00:00 shown twice
    _trap("America/Havana", "2021-03-14T05:00"),  # a day without midnight
)
ZONES = sorted({trap.zone for trap in TRAPS})
OFFSETS = tuple(
    timezone(offset)
    for offset in (
        timedelta(0),
        timedelta(hours=5, minutes=45),
        -timedelta(hours=3, minutes=30),
        timedelta(hours=14),
    )
)
STEPS = (
    timedelta(0),
    -MICROSECOND,
    MICROSECOND,
    -MILLISECOND,
    -MINUTE,
    MINUTE,
    30 * MINUTE,
    -30 * MINUTE,
    HOUR,
    -HOUR,
    HOUR - MICROSECOND,
    HOUR + 29 * MINUTE,
    90 * MINUTE,
    2 * HOUR,
    DAY,
    -DAY,
    DAY - MICROSECOND,
)

FORMS = st.integers(0, 15)


def traps() -> st.SearchStrategy[Trap]:
    return st.sampled_from(TRAPS)


def _midnight(trap: Trap, days: int) -> datetime:
    """A local midnight near the trap, or what passes for it."""
    day = trap.at.astimezone(rules(trap.zone)).date() + timedelta(days=days)
    return datetime.combine(day, time(), rules(trap.zone)).astimezone(UTC)


@cache
def instants(trap: Trap) -> st.SearchStrategy[datetime]:
    """In UTC: mostly within a day of the trap, at times within four, seldom weeks away."""
    near = st.sampled_from([trap.at + step for step in STEPS])
    midnights = [_midnight(trap, days) + s for days in (-1, 0, 1, 2) for s in (0 * DAY, -MINUTE)]
    around = st.integers(-4 * 96, 4 * 96).map(lambda quarter: trap.at + quarter * 15 * MINUTE)
    odd = st.integers(-2 * 86_400_000, 2 * 86_400_000).map(lambda ms: trap.at + ms * MILLISECOND)
    far = st.sampled_from([trap.at + days * DAY for days in (-40, -7, 7, 33)])
    return weighted((14, near), (6, st.sampled_from(midnights)), (5, around), (4, odd), (1, far))


def with_fraction(moment: datetime) -> str:
    """`2021-10-31T01:00:00`, with as many digits of a fraction as it takes, no offset."""
    text = moment.replace(tzinfo=None).isoformat()
    return text.rstrip("0") if "." in text else text


def _offset_text(moment: datetime) -> str:
    text = moment.isoformat()[-6:]
    return "Z" if text == "+00:00" else text


def exact_time(form: int, at: datetime, *, naive: bool = False) -> str:
    """The instant in full, in some offset; digits after the sixth are cut off on receipt."""
    if naive and form % 2:
        return with_fraction(at)
    text = with_fraction(at.astimezone(OFFSETS[form % len(OFFSETS)]))
    if "." in text and form >= 12:
        text = text.split(".")[0] + "." + text.split(".")[1].ljust(6, "0") + "987"
    return text + _offset_text(at.astimezone(OFFSETS[form % len(OFFSETS)]))


@st.composite
def written(draw: st.DrawFn, trap: Trap, at: datetime) -> str:
    """Some way to write a time near an instant: any precision, with an offset or without one."""
    local = draw(st.booleans())
    zone = rules(trap.zone) if local else draw(st.sampled_from(OFFSETS))
    moment = at.astimezone(zone)
    form = draw(st.sampled_from(("date", "date", "minutes", "seconds", "milliseconds", "full")))
    if form == "date":
        return moment.date().isoformat()
    shown = moment.replace(tzinfo=None)
    text = with_fraction(shown) if form == "full" else shown.isoformat(timespec=form)
    return text + (_offset_text(moment) if draw(st.booleans()) else "")


@cache
def skipped_times(trap: Trap) -> st.SearchStrategy[str]:
    """Clock times without an offset around the trap, shown or not."""
    before = (trap.at - MICROSECOND).astimezone(rules(trap.zone)).replace(tzinfo=None)
    start = before.replace(second=0, microsecond=0)
    minutes = st.sampled_from((-61, -31, -30, -1, 0, 1, 16, 30, 31, 60, 61, 120, 24 * 60))
    return minutes.map(lambda m: (start + m * MINUTE).isoformat(timespec="minutes"))


@cache
def moments(trap: Trap) -> st.SearchStrategy[int]:
    """When a question may come (µs): at the trap, or so much later that a name reaches it."""
    later = st.sampled_from((0, 0, 0, 1, 2, 7, 30, 31, 92, 365)).map(lambda days: days * DAY)
    return st.builds(lambda at, after: micros(at + after), instants(trap), later)
