"""Which plans of a batch match the same records, and what they share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from callistics.analytics.plan import Plan, is_unlocated, reads_clock, rollup_of
from callistics.analytics.rollup_match import Rollups, fits, tells
from callistics.catalog.rollups import Rollup
from callistics.compile.shared import columns_read, counts, kept, kept_counts, matching
from callistics.compile.where import needs_calls
from callistics.engines.base import SharingLimits, Snapshot
from callistics.model.query import Ends, Filters
from callistics.sql.dialect import Dialect
from callistics.sql.selection import Frame, Source, Unit

Matched = tuple[Unit, bool, Filters, Ends, str | None]
"""What plans within one scope have in common that match the same records."""
# Payloads are too large to copy for what they are asked.
_LARGE = frozenset({"payload", "payload_lists", "payload_orders"})
# One alone counts what it asks for as fast.
_FEWEST_COUNTED = 2


def matched(plan: Plan) -> Matched:
    """What the plan has in common with all that match the same records."""
    selection = plan.selection
    query = selection.query
    zone = query.zone.name if reads_clock(selection) else None
    return selection.unit, selection.overlap, query.filters, query.limits, zone


@dataclass(slots=True)
class _Counts:
    """Plans, by their places, that are answered from the same counts, and what these are of."""

    step: int
    places: list[int] = field(default_factory=list[int])
    rollups: list[Rollup] = field(default_factory=list[Rollup])
    columns: set[str] = field(default_factory=set[str])


class Sharing:
    """Keeps rows apart that several plans match, where that costs less than to look for them anew.

    Plans that one of the `rollups` answers look for no records. Where few of the others are, or
    too many rows match, these are counted once for as many plans as the same counts answer.
    """

    def __init__(self, dialect: Dialect, rollups: Rollups, limits: SharingLimits) -> None:
        self._dialect, self._rollups, self._limits = dialect, rollups, limits

    def share(self, plans: Sequence[Plan], snapshot: Snapshot) -> Sequence[Plan]:
        """The plans, which match the same records, with the rows to count where these are kept.

        Raises `TimedOut` where it takes as long to keep them as a query may.
        """
        if is_unlocated(plans[0]) or not self._limits.rows:
            return plans
        looking = {place: plan for place, plan in enumerate(plans) if not self._is_rolled(plan)}
        rows = self._copied(looking, snapshot) or self._counted(looking, snapshot)
        return [replace(plan, rows=rows.get(place)) for place, plan in enumerate(plans)]

    def _is_rolled(self, plan: Plan) -> bool:
        return rollup_of(plan, self._dialect, self._rollups) is not None

    def _copied(self, plans: Mapping[int, Plan], snapshot: Snapshot) -> Mapping[int, Source]:
        """The rows of plans that count a copy of them; none where that would not pay."""
        if len(plans) < self._limits.queries:
            return {}
        columns = {place: self._columns(plan) for place, plan in plans.items()}
        able = {place: names for place, names in columns.items() if not names & _LARGE}
        if len(able) < self._limits.queries:
            return {}
        frame = self._frame(plans)
        rows = matching(frame, frozenset[str]().union(*able.values()), self._limits.rows)
        table, count = snapshot.keep(self._dialect.render(rows))
        return {} if count > self._limits.rows else dict.fromkeys(able, kept(frame, table))

    def _columns(self, plan: Plan) -> frozenset[str]:
        """The columns that a plan reads of the rows it matches."""
        rows = kept(plan.frame(self._dialect), "rows")
        return self._read(plan, rows) | {plan.selection.unit.time_column}

    def _read(self, plan: Plan, rows: Source) -> frozenset[str]:
        statement = plan.kind.sql(replace(plan.frame(self._dialect), selected=rows))
        return frozenset(columns_read(plan.selection.unit, statement))

    def _frame(self, plans: Mapping[int, Plan]) -> Frame:
        return Frame(next(iter(plans.values())).selection, self._dialect)

    def _counted(self, plans: Mapping[int, Plan], snapshot: Snapshot) -> Mapping[int, Source]:
        """The counts of plans that read the same."""
        if len(plans) < _FEWEST_COUNTED:
            return {}
        found: dict[int, Source] = {}
        frame = self._frame(plans)
        unit = frame.selection.unit
        if unit is Unit.LEADS and not needs_calls(frame):
            # To find them takes less than to tell which of them had the same statuses.
            return {}
        for one in self._countable(plans):
            if len(one.places) >= _FEWEST_COUNTED:
                rows = counts(frame, one.rollups, one.step, one.columns)
                table, _ = snapshot.keep(self._dialect.render(rows))
                found |= dict.fromkeys(one.places, kept_counts(unit, table, one.step))
        return found

    def _countable(self, plans: Mapping[int, Plan]) -> Iterable[_Counts]:
        """The plans that columns of roll-ups answer, by what they are counted from.

        Few records agree in their time and in all else: by time, only what is asked of the same
        columns is counted together.
        """
        found: dict[tuple[int, frozenset[str]] | None, _Counts] = {}
        for place, plan in plans.items():
            rollup = next(filter(partial(self._tells, plan), self._rollups), None)
            if rollup is None:
                continue
            unit, step = plan.selection.unit, rollup.steps[-1]
            columns = self._read(plan, kept_counts(unit, "rows", step))
            timed = step, columns & frozenset(rollup.key_names)
            one = found.setdefault(timed if unit.time_column in columns else None, _Counts(step))
            one.places.append(place)
            one.rollups.append(rollup)
            one.columns |= columns
        return found.values()

    def _tells(self, plan: Plan, rollup: Rollup) -> bool:
        """Whether rows as the roll-up has them would answer the plan, as far as known by now."""
        # Extremes are no sums.
        if rollup.extremes or not tells(rollup, plan.kind, plan.dimensions):
            return False
        rows = kept_counts(plan.selection.unit, "rows", rollup.steps[-1])
        return fits(plan.frame(self._dialect), plan.dimensions, rows)
