"""Which plans of a batch match the same records, and what they share."""

from collections.abc import Sequence
from dataclasses import replace

from callistics.analytics.plan import Plan, is_unlocated, reads_clock, rollup_of
from callistics.analytics.rollup_match import Rollups
from callistics.compile.shared import columns_read, kept, matching
from callistics.engines.base import SharingLimits, Snapshot
from callistics.model.query import Ends, Filters
from callistics.sql.dialect import Dialect
from callistics.sql.selection import Frame, Unit

Matched = tuple[Unit, bool, Filters, Ends, str | None]
"""What plans within one scope have in common that match the same records."""
# Payloads are too large to copy for what they are asked.
_LARGE = frozenset({"payload", "payload_lists", "payload_orders"})


def matched(plan: Plan) -> Matched:
    """What the plan has in common with all that match the same records."""
    selection = plan.selection
    query = selection.query
    zone = query.zone.name if reads_clock(selection) else None
    return selection.unit, selection.overlap, query.filters, query.limits, zone


class Sharing:
    """Keeps rows apart that several plans match, where that costs less than to look for them anew.

    Plans that one of the `rollups` answers look for no records.
    """

    def __init__(self, dialect: Dialect, rollups: Rollups, limits: SharingLimits) -> None:
        self._dialect, self._rollups, self._limits = dialect, rollups, limits

    def share(self, plans: Sequence[Plan], snapshot: Snapshot) -> Sequence[Plan]:
        """The plans, which match the same records, with the rows to count where these are kept.

        Raises `TimedOut` where it takes as long to keep them as a query may.
        """
        if is_unlocated(plans[0]):
            return plans
        columns = {place: self._columns(plan) for place, plan in enumerate(plans)}
        able = {place: names for place, names in columns.items() if not names & _LARGE}
        if not self._pays([plans[place] for place in able]):
            return plans
        frame = Frame(plans[0].selection, self._dialect)
        rows = matching(frame, frozenset[str]().union(*able.values()), self._limits.rows)
        table, count = snapshot.keep(self._dialect.render(rows))
        if count > self._limits.rows:
            return plans
        found = kept(frame, table)
        return [
            replace(plan, rows=found) if place in able else plan for place, plan in enumerate(plans)
        ]

    def _pays(self, plans: Sequence[Plan]) -> bool:
        if not self._limits.rows or len(plans) < self._limits.queries:
            return False
        looking = sum(rollup_of(one, self._dialect, self._rollups) is None for one in plans)
        return looking >= self._limits.queries

    def _columns(self, plan: Plan) -> frozenset[str]:
        """The columns that a plan reads of the rows it matches."""
        unit = plan.selection.unit
        frame = plan.frame(self._dialect)
        statement = plan.kind.sql(replace(frame, selected=kept(frame, "rows")))
        return frozenset({unit.time_column, *columns_read(unit, statement)})
