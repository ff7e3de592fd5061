"""Roll-ups: calls and leads summed up by steps of time, each declared once.

A roll-up has a table for each of its steps; a row sums up the records of one step that agree in
the keys. An engine that keeps them has these tables, and for each unit one of what changed since:
rows of records with their weight `n`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from callistics.catalog.dimensions import SENTIMENT_TENTH
from callistics.catalog.metrics import DURATION_KNOWN, OUTCOME_KNOWN
from callistics.model.instants import DAY, MINUTE
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql, compose, raw
from callistics.sql.selection import Unit

QUARTER = 15 * MINUTE
BLOCK = 32 * DAY
STEP_NAMES = {QUARTER: "quarters", DAY: "days", BLOCK: "blocks"}
CHANGES = {Unit.CALLS: "rollup_call_changes", Unit.LEADS: "rollup_lead_changes"}
"""The table of the changes of a unit that its roll-ups do not have yet."""
FINEST = {Unit.CALLS: QUARTER, Unit.LEADS: DAY}
"""The step that times are cut to in the changes of a unit."""


@dataclass(frozen=True, slots=True)
class Key:
    """A column of the unit's table that records must agree in to be summed up.

    `value` puts another value in its place, one that every expression which the roll-up is asked
    for maps to the same.
    """

    name: str
    value: Callable[[Dialect], Sql] | None = None


@dataclass(frozen=True, slots=True)
class Rollup:
    """One roll-up, and what it can be asked.

    `steps` are lengths in µs, the longest first. `sums` names a column that is added up besides
    the count, with its least and greatest value where `extremes` says so. `dimensions`,
    `aggregates`, `filters` (and limits of a scope) and `only` (what a type restricts its unit to)
    are those it can answer; `types` are the types with a statement of their own that it can.
    `first` is a key that nearly all who ask it give: whole sums lie by it, then by time.
    """

    name: str
    unit: Unit
    steps: tuple[int, ...]
    keys: tuple[Key, ...]
    dimensions: frozenset[str]
    aggregates: frozenset[str]
    filters: frozenset[str]
    sums: str | None = None
    extremes: bool = False
    only: tuple[Sql, ...] = ()
    types: frozenset[str] = frozenset()
    first: str | None = None

    def table(self, step: int) -> str:
        """The table of a step."""
        return f"rollup_{self.name}_{STEP_NAMES[step]}"

    @property
    def key_names(self) -> tuple[str, ...]:
        """The columns that tell the rows of a table apart, the time first."""
        return (self.unit.time_column, *(key.name for key in self.keys))

    @property
    def extreme_names(self) -> tuple[str, ...]:
        """The columns of the least and the greatest value, where it has them."""
        return (f"{self.sums}_least", f"{self.sums}_greatest") if self.extremes else ()

    def figures(self, weight: str) -> dict[str, str]:
        """The columns of sums and extremes, and what they are of one record that counts `weight`.

        A record that only cancels another one has no extremes.
        """
        if self.sums is None:
            return {"n": weight}
        value = f"{self.unit.alias}.{self.sums}"
        extreme = f"CASE WHEN {weight} > 0 THEN {value} END"
        return {
            "n": weight,
            f"{self.sums}_known": f"CASE WHEN {value} IS NULL THEN 0 ELSE {weight} END",
            f"{self.sums}_total": f"{weight} * coalesce({value}, 0)",
            **dict.fromkeys(self.extreme_names, extreme),
        }


def _bin_edge(_: Dialect) -> Sql:
    """The lower end of the bin that a sentiment belongs to, the very double k/10."""
    return compose("CAST({} AS DOUBLE) / 10", SENTIMENT_TENTH)


def _whether_answered(_: Dialect) -> Sql:
    """One instant for all calls that were answered: nothing here asks when."""
    return raw("CASE WHEN c.answered_at IS NOT NULL THEN TIMESTAMP '1970-01-01 00:00:00' END")


def _to_seconds(dialect: Dialect) -> Sql:
    return compose("1000 * ({})", dialect.whole_seconds("c.duration_ms"))


_RESELLER, _PROVIDER = Key("reseller_id"), Key("provider")
_SECONDS = Key("duration_ms", _to_seconds)
_TIMES = frozenset({"date", "hour", "weekday"})
_DATES = frozenset({"date", "weekday"})
_COUNTS = frozenset({"n", "n_timed", "total_ms"})
_LENGTHS = frozenset({"n_timed", "total_ms", "min_ms", "max_ms", "p50", "p90", "p95", "p99"})


def _times(name: str, *keys: Key) -> Rollup:
    """Calls by days, and by quarters of an hour, on which the clocks of nearly every zone agree."""
    names = frozenset(key.name for key in keys)
    return Rollup(
        name,
        Unit.CALLS,
        (DAY, QUARTER),
        keys,
        names | _TIMES,
        _COUNTS,
        names,
        sums="duration_ms",
        first=_first(keys),
    )


def _durations(name: str, *keys: Key) -> Rollup:
    """How many calls lasted how many whole seconds."""
    names = frozenset(key.name for key in keys)
    return Rollup(
        name,
        Unit.CALLS,
        (BLOCK, DAY),
        (*keys, _SECONDS),
        names | _DATES,
        _LENGTHS,
        names,
        sums="duration_ms",
        extremes=True,
        only=(DURATION_KNOWN,),
        types=frozenset({"call_duration"}),
        first=_first(keys),
    )


def _first(keys: tuple[Key, ...]) -> str | None:
    # Who names no reseller is answered by a smaller roll-up without this key.
    return _RESELLER.name if _RESELLER in keys else None


ROLLUPS: tuple[Rollup, ...] = (
    _times("provider_times", _PROVIDER),
    Rollup(
        "outcomes",
        Unit.CALLS,
        (BLOCK, DAY),
        (
            _RESELLER,
            _PROVIDER,
            Key("outcome"),
            Key("outcome_key"),
            Key("success"),
            Key("answered_at", _whether_answered),
            Key("attempt"),
        ),
        _DATES | {"reseller_id", "provider", "outcome", "attempt"},
        _COUNTS | {"successes", "reached"},
        frozenset({"reseller_id", "provider", "outcome", "attempt", "success", "reached"}),
        sums="duration_ms",
        only=(OUTCOME_KNOWN,),
    ),
    _times("reseller_times", _RESELLER),
    _times("times", _RESELLER, _PROVIDER),
    Rollup(
        "scores",
        Unit.CALLS,
        (BLOCK, DAY),
        (_RESELLER, _PROVIDER, Key("sentiment", _bin_edge)),
        _DATES | {"reseller_id", "provider", "sentiment_bin"},
        frozenset({"n"}),
        frozenset({"reseller_id", "provider"}),
    ),
    _durations("provider_durations", _PROVIDER),
    _durations("durations", _RESELLER, _PROVIDER),
    Rollup(
        "leads",
        Unit.LEADS,
        (BLOCK, DAY),
        (_RESELLER, Key("status"), Key("statuses"), Key("providers")),
        _DATES | {"reseller_id", "status", "furthest"},
        frozenset({"n"}),
        frozenset({"reseller_id", "status", "provider"}),
        types=frozenset({"conversion_funnel"}),
    ),
)
"""Every roll-up; of those that can answer a query the first is taken, so smaller come first."""
