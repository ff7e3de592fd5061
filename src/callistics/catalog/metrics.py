"""Metrics: what is counted, as exact whole numbers in SQL, and the figures rows show of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from callistics.catalog.success import (
    REACH_VERDICT,
    SUCCESS_VERDICT,
    is_reached,
    is_success,
    means_reached,
    means_success,
)
from callistics.model.rounding import (
    half_away,
    of_millionths,
    percentage,
    ratio,
    seconds,
)
from callistics.sql.aggregates import count, count_known, count_where, greatest, least, total
from callistics.sql.fragment import Sql, raw
from callistics.sql.selection import Frame

_DURATION = "c.duration_ms"
DURATION_KNOWN = raw(f"{_DURATION} IS NOT NULL")
OUTCOME_KNOWN = raw("c.outcome IS NOT NULL")

Shown = int | float | str | Decimal | None


@dataclass(frozen=True, slots=True)
class Digits:
    """How many digits a number with decimals has at most, and how many of them are decimals."""

    all: int
    decimals: int


_SHARE, _RATIO, _SECONDS, _VALUE = Digits(5, 2), Digits(18, 2), Digits(18, 3), Digits(18, 6)
_SUM_OF_SECONDS, _SUM_OF_VALUES = Digits(38, 3), Digits(38, 6)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A value of a record that a number of records depends on, and nothing else of it.

    `value` is the value in SQL, `holds` whether a record with that value, in the column `name`,
    is one of the number.
    """

    name: str
    value: str
    holds: Callable[[Frame, str], Sql]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A whole number that SQL computes over a set of calls or leads; `zero` is that of none.

    Where there are few values of a `verdict`, counting records by it first is faster than testing
    every record.
    """

    name: str
    sql: Callable[[Frame], Sql]
    zero: int | None = 0
    verdict: Verdict | None = None

    def of_counted(self, frame: Frame) -> Sql:
        """The number over records that were counted by the verdicts first."""
        if self.verdict is None:
            return self.sql(frame)
        return count_where(frame, self.verdict.holds(frame, self.verdict.name))


@dataclass(frozen=True, slots=True)
class Tally:
    """The aggregates of one row, and what the row is a part of.

    `base` is the count of the whole (for shares); None in a row that is no part of it.
    """

    aggregates: Mapping[str, int | None]
    base: int | None = None

    def number(self, name: str) -> int:
        """An aggregate that is never absent."""
        value = self.aggregates[name]
        assert value is not None
        return value


@dataclass(frozen=True, slots=True)
class Figure:
    """A field of a row: computed from aggregates, rounded in one place.

    `type` is its JSON type: `integer`, `number`, `string`, with `|null` where it may be absent. A
    number has `digits`.
    """

    name: str
    help: str
    type: str
    needs: tuple[Aggregate, ...]
    compute: Callable[[Tally], Shown]
    digits: Digits | None = None

    def named(self, name: str, text: str = "") -> "Figure":
        """The same figure under the name that a query type's rows use."""
        return replace(self, name=name, help=text or self.help)


def _fixed(text: str) -> Callable[[Frame], Sql]:
    return lambda _: raw(text)


N = Aggregate("n", count)
N_TIMED = Aggregate("n_timed", lambda frame: count_known(frame, _DURATION))
TOTAL_MS = Aggregate("total_ms", lambda frame: total(frame, _DURATION), None)
MIN_MS = Aggregate("min_ms", lambda frame: least(frame, _DURATION), None)
MAX_MS = Aggregate("max_ms", lambda frame: greatest(frame, _DURATION), None)
SUCCESSES = Aggregate(
    "successes",
    lambda frame: count_where(frame, is_success(frame)),
    verdict=Verdict("success_verdict", SUCCESS_VERDICT, means_success),
)
REACHED = Aggregate(
    "reached",
    lambda frame: count_where(frame, is_reached(frame)),
    verdict=Verdict("reach_verdict", REACH_VERDICT, means_reached),
)


def _share(tally: Tally) -> Shown:
    return None if tally.base is None else percentage(tally.number("n"), tally.base)


def _seconds_of(name: str) -> Callable[[Tally], Shown]:
    def compute(tally: Tally) -> Shown:
        value = tally.aggregates[name]
        return None if value is None else seconds(value)

    return compute


def _average(tally: Tally) -> Shown:
    return ratio(tally.aggregates["total_ms"] or 0, 1000 * tally.number("n_timed"))


COUNT = Figure("count", "How many.", "integer", (N,), lambda tally: tally.number("n"))
PERCENTAGE = Figure("percentage", "Share of the whole, 0-100.", "number|null", (N,), _share, _SHARE)
TIMED = Figure(
    "count",
    "Calls with a known duration.",
    "integer",
    (N_TIMED,),
    lambda tally: tally.number("n_timed"),
)
AVERAGE = Figure(
    "avg_duration",
    "Average duration in seconds.",
    "number|null",
    (N_TIMED, TOTAL_MS),
    _average,
    _RATIO,
)
SHORTEST = Figure(
    "min", "Shortest, in seconds.", "number|null", (MIN_MS,), _seconds_of("min_ms"), _SECONDS
)
LONGEST = Figure(
    "max", "Longest, in seconds.", "number|null", (MAX_MS,), _seconds_of("max_ms"), _SECONDS
)
TOTAL = Figure(
    "total",
    "Sum in seconds.",
    "number",
    (TOTAL_MS,),
    lambda tally: seconds(tally.aggregates["total_ms"] or 0),
    _SUM_OF_SECONDS,
)
SUCCEEDED = Figure(
    "successes",
    "Calls that are a success; a guess where neither they nor `success_outcomes` say so.",
    "integer",
    (SUCCESSES,),
    lambda tally: tally.number("successes"),
)
SUCCESS_RATE = Figure(
    "success_rate",
    "Successes per call, 0-100.",
    "number|null",
    (SUCCESSES, N),
    lambda tally: percentage(tally.number("successes"), tally.number("n")),
    _SHARE,
)
REACHED_CALLS = Figure(
    "reached",
    "Calls in which somebody was spoken to.",
    "integer",
    (REACHED,),
    lambda tally: tally.number("reached"),
)
REACH_RATE = Figure(
    "reach_rate",
    "Calls in which somebody was spoken to, per call, 0-100.",
    "number|null",
    (REACHED, N),
    lambda tally: percentage(tally.number("reached"), tally.number("n")),
    _SHARE,
)


def percentile(percent: int) -> Figure:
    """Nearest rank over durations in whole seconds; the statement computes it as `p50`."""
    name = f"p{percent}"
    aggregate = Aggregate(name, _fixed(name), None)
    text = f"{percent} % of durations are at most this, in whole seconds."
    return Figure(name, text, "integer|null", (aggregate,), lambda tally: tally.aggregates[name])


def _of_millionths(name: str) -> Callable[[Tally], Shown]:
    def compute(tally: Tally) -> Shown:
        value = tally.aggregates[name]
        return None if value is None else of_millionths(value)

    return compute


def _mean(tally: Tally) -> Shown:
    count = tally.number("n")
    return of_millionths(half_away(tally.aggregates["total"] or 0, count)) if count else None


def _in_millionths(name: str) -> Aggregate:
    return Aggregate(name, _fixed(name), None)


SUM = Figure(
    "sum",
    "Sum, exact.",
    "number",
    (_in_millionths("total"),),
    lambda tally: of_millionths(tally.aggregates["total"] or 0),
    _SUM_OF_VALUES,
)
MEAN = Figure(
    "avg", "Average, to 6 decimals.", "number|null", (N, _in_millionths("total")), _mean, _VALUE
)
LEAST = Figure(
    "min", "Smallest.", "number|null", (_in_millionths("least"),), _of_millionths("least"), _VALUE
)
GREATEST = Figure(
    "max",
    "Largest.",
    "number|null",
    (_in_millionths("greatest"),),
    _of_millionths("greatest"),
    _VALUE,
)


def value_percentile(percent: int) -> Figure:
    """Nearest rank over the exact values; the statement computes it as `p50`."""
    name = f"p{percent}"
    text = f"{percent} % of the values are at most this."
    aggregate = _in_millionths(name)
    return Figure(name, text, "number|null", (aggregate,), _of_millionths(name), _VALUE)


_LEVELS = tuple(Aggregate(name, _fixed(name), None) for name in ("most", "change", "moment"))
"""How the number of calls under way changes in a bucket; see `queries/concurrency.py`."""


def _mean_level(tally: Tally) -> Shown:
    return ratio(tally.aggregates["time"] or 0, tally.aggregates["length"] or 0)


PEAK = Figure(
    "peak",
    "Most calls under way at one instant.",
    "integer",
    _LEVELS,
    lambda tally: tally.aggregates["most"],
)
MEAN_LEVEL = Figure(
    "avg",
    "Calls under way on average: seconds of calls inside the bucket by the bucket's seconds.",
    "number",
    _LEVELS,
    _mean_level,
    _RATIO,
)
