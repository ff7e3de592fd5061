"""What a query asks, without any of its values, and the steps that its time goes to."""

from collections.abc import Sequence

from callistics.analytics.plan import Plan, rollup_of
from callistics.analytics.rollup_match import Rollups
from callistics.catalog.dimensions import PAYLOAD_PREFIX
from callistics.catalog.filters import given_filters
from callistics.sql.dialect import Dialect, Run, SqlRow, Statement
from callistics.tracing import Value, step, timings

Profile = dict[str, Value]
"""Of a query: its type, the names of its filters and groups, and where it is answered from."""


def in_steps(run: Run) -> Run:
    """Run statements as steps of the work at hand."""

    def timed(statement: Statement) -> Sequence[SqlRow]:
        with step("run"):
            rows = run(statement)
        note_rows(len(rows))
        return rows

    return timed


def note_plan(plan: Plan) -> None:
    """Note what is answered now; of a comparison, its first side."""
    found = timings()
    if found is not None and found.about is None:
        found.about = plan


def note_rows(rows: int) -> None:
    """Note that the engine gave so many rows."""
    found = timings()
    if found is not None:
        found.rows += rows


def profile_of(plan: Plan, dialect: Dialect, rollups: Rollups) -> Profile:
    """What a plan asks.

    Keys of payloads are a client's own words: `payload.phone` is `payload.*`.
    """
    query, scope = plan.selection.query, plan.selection.scope
    rolled = plan.rows is None and rollup_of(plan, dialect, rollups) is not None
    found: Profile = {
        "query_type": query.query_type,
        "filters": sorted(given_filters(plan.selection)),
        "scope": [name for name, _ in scope.limits()],
        "group_by": [_shown(name) for name in query.group_by],
        "source": "roll-up" if rolled else "records",
    }
    if plan.kind.uses_granularity:
        found["granularity"] = str(query.granularity)
    if query.measure is not None:
        found["measure"] = _shown(query.measure)
    if query.sides is not None:
        found["compared"] = True
    return found


def _shown(name: str) -> str:
    return f"{PAYLOAD_PREFIX}*" if name.startswith(PAYLOAD_PREFIX) else name
