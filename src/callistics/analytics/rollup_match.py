"""Whether a plan can be answered from a roll-up, and from which."""

from collections.abc import Sequence, Set

from callistics.catalog.dimensions import Dimension
from callistics.catalog.filters import RANGE, given_filters
from callistics.catalog.rollups import QUARTER, Rollup
from callistics.compile.rollup_source import keeps, rolled
from callistics.queries.base import QueryType
from callistics.sql.fragment import Sql
from callistics.sql.selection import Frame, Selection, Source, Unit

Rollups = Sequence[Rollup]


def source_of_answer(
    frame: Frame, kind: QueryType, dimensions: Sequence[Dimension], rollups: Rollups
) -> Source | None:
    """The roll-up that the plan is answered from: the first that can, None if none can.

    Those that lie by what the plan is limited to are tried before all others.
    """
    named = _named(frame.selection)
    for rollup in sorted(rollups, key=lambda rollup: rollup.first not in named):
        if _admits(rollup, frame.selection, named, kind.only) and tells(rollup, kind, dimensions):
            steps = [step for step in rollup.steps if _keep(frame, dimensions, step)]
            source = rolled(frame, rollup, steps)
            if source is not None:
                return source
    return None


def tells(rollup: Rollup, kind: QueryType, dimensions: Sequence[Dimension]) -> bool:
    """Whether the columns of a roll-up say all that is asked of the records it sums up."""
    return (
        rollup.unit is kind.unit
        and (kind.only is None or kind.only in rollup.only)
        and (kind.statement is None or kind.name in rollup.types)
        and {dimension.name for dimension in dimensions} <= rollup.dimensions
        and {aggregate.name for aggregate in kind.aggregates} <= rollup.aggregates
    )


def source_of_extent(
    frame: Frame, kind: QueryType, dimensions: Sequence[Dimension], rollups: Rollups
) -> Source | None:
    """The roll-up that the ends of the range are found in.

    What it gives are whole steps, the longest that fit; `fits` says, once the ends are known,
    whether that is exact enough.
    """
    named = _named(frame.selection)
    for rollup in rollups:
        if QUARTER in rollup.steps and _admits(rollup, frame.selection, named, kind.only):
            for step in rollup.steps:
                source = rolled(frame, rollup, [step])
                if source is not None and fits(frame, dimensions, source):
                    return source
    return None


def fits(frame: Frame, dimensions: Sequence[Dimension], source: Source) -> bool:
    """Whether all records of a step agree in every dimension, all through the plan's range."""
    return source.step is None or _keep(frame, dimensions, source.step)


def _keep(frame: Frame, dimensions: Sequence[Dimension], step: int) -> bool:
    return all(keeps(frame, dimension, step) for dimension in dimensions)


def _admits(rollup: Rollup, selection: Selection, named: Set[str], only: Sql | None) -> bool:
    """Whether the roll-up can tell which of its records are selected.

    It answers only where it declares every filter and every limit of the scope that is `named`.
    """
    limited = any(selection.scope.limits())
    if rollup.unit is Unit.LEADS and limited and "provider" in named:
        # A call of the lead may lie outside the scope, and does not count then.
        return False
    return (
        rollup.unit is selection.unit
        and not selection.empty
        and named <= rollup.filters
        and (only is None or only in rollup.only)
    )


def _named(selection: Selection) -> set[str]:
    """What the scope and the filters limit, but for the range, which every roll-up is cut to."""
    limits = (name for name, _ in selection.scope.limits())
    return {*limits, *given_filters(selection)} - RANGE
