"""The times of one record, read together.

A time without an offset that the clocks of its zone showed twice may be either of two instants.
Of one record they are those that make the shortest call: nobody's call of 45 seconds took an hour
longer because the clocks were set back during it.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import NamedTuple

from callistics.model.instants import SECOND, utc_text
from callistics.model.rounding import half_up
from callistics.records.field_values import MAX_DURATION_MS, Reading, Value, later_instant

Times = dict[str, int]
"""The instants of the fields in `ORDERED` that a record brings, in that order."""

# Fields of one call in the order in which they happen, each with what its time is called.
ORDERED = {"started_at": "the start", "answered_at": "the answer", "ended_at": "the end"}
# Ends and durations are often cut to seconds on their own.
_CLOSE = SECOND


class OutOfOrder(NamedTuple):
    """A time that cannot follow on the others, and a sentence about it."""

    name: str
    message: str


def readings_of(
    values: Mapping[str, Value], sent: Mapping[str, object], reading: Reading
) -> list[Times] | OutOfOrder:
    """What the times of a record may mean, the best first; what is wrong where none is in order.

    `values` are as read one by one, `sent` as they came. The shortest call is best, then the
    earliest. An end given with a duration does not count: it tells something only where it agrees.
    """
    options = {
        name: _occurrences(values[name], sent.get(name), reading)
        for name in ORDERED
        if values.get(name) is not None
    }
    found = [dict(zip(options, times, strict=True)) for times in product(*options.values())]
    lasting = values.get("duration")
    if lasting is not None and "ended_at" in options:
        best = _with_duration(found, int(lasting) * 1000)
    else:
        in_order = _in_order if len(found) > 1 else _from_start
        best = sorted(filter(in_order, found), key=_preference)
    if best and lasting is None and lasts_too_long(best[0]):
        start = utc_text(best[0]["started_at"])
        return OutOfOrder("ended_at", f"more than ten years after {ORDERED['started_at']}, {start}")
    return best or next(_out_of_order(found[0], counts_end=lasting is None))


def lasted_ms(started: int, ended: int) -> int | None:
    """Milliseconds from a start to an end, half up.

    None for an end before the start, or further from it than any duration may be.
    """
    lasted = half_up(ended - started, 1000)
    return lasted if started <= ended and lasted <= MAX_DURATION_MS else None


def lasts_too_long(times: Mapping[str, Value]) -> bool:
    """Whether the end lies further from the start than any duration may be."""
    started, ended = times.get("started_at"), times.get("ended_at")
    if started is None or ended is None or int(ended) < int(started):
        return False
    return lasted_ms(int(started), int(ended)) is None


def first_from(readings: Sequence[Times], start: int) -> Times:
    """The best reading that begins no sooner than a call did, else the best."""
    later = (times for times in readings if min(times.values()) >= start)
    return next(later, readings[0])


def _occurrences(value: Value, sent: object, reading: Reading) -> list[int]:
    assert isinstance(value, int)
    later = later_instant(value, sent, reading)
    return [value] if later is None else [value, later]


def _with_duration(found: Sequence[Times], lasting: int) -> list[Times]:
    agreeing = [times for times in found if _in_order(times) and _lasts(times, lasting)]
    if agreeing:
        return sorted(agreeing, key=_preference)
    return sorted((times for times in found if _from_start(_without_end(times))), key=_end_apart)


def _lasts(times: Times, lasting: int) -> bool:
    started = times.get("started_at")
    return started is not None and abs(times["ended_at"] - started - lasting) < _CLOSE


def _preference(times: Times) -> tuple[int, ...]:
    instants = tuple(times.values())
    return (instants[-1] - instants[0], *instants) if instants else ()


def _end_apart(times: Times) -> tuple[tuple[int, ...], bool, int]:
    """The other times by themselves; the end is then the first that is not before the start."""
    ended = times["ended_at"]
    return _preference(_without_end(times)), ended < times.get("started_at", ended), ended


def _without_end(times: Times) -> Times:
    return {name: instant for name, instant in times.items() if name != "ended_at"}


def _from_start(times: Times) -> bool:
    """Whether nothing lies before the start; an answer behind the end is no reason to refuse."""
    start = times.get("started_at")
    return start is None or all(start <= instant for instant in times.values())


def _in_order(times: Times) -> bool:
    return all(first <= second for first, second in pairwise(times.values()))


def _out_of_order(times: Times, *, counts_end: bool) -> Iterator[OutOfOrder]:
    counted = times if counts_end else _without_end(times)
    pairs = [*product(list(counted.items())[:1], counted.items()), *pairwise(counted.items())]
    for (before, first), (name, second) in pairs:
        if second < first:
            yield OutOfOrder(name, f"before {ORDERED[before]}, {utc_text(first)}")
