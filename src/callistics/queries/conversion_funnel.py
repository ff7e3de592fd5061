"""How far leads get: the stages of the funnel."""

from collections.abc import Iterable, Iterator, Sequence

from callistics.catalog.dimensions import Dimension
from callistics.catalog.metrics import COUNT, PERCENTAGE, N
from callistics.compile.select import (
    Order,
    expression,
    grouped,
    groups_of,
    limit,
    order_by,
    source,
)
from callistics.compile.where import where
from callistics.model.rounding import percentage
from callistics.queries.base import Counted, Field, QueryType, Row, Slot
from callistics.queries.picture import Stages
from callistics.sql.fragment import Sql, compose, join, raw
from callistics.sql.selection import Frame, Selection, Unit


def _furthest(frame: Frame) -> Sql:
    """The number of the furthest stage a lead ever reached, NULL where it reached none."""
    stages = frame.selection.stages or ()
    cases = [
        compose(f"WHEN {{}} THEN {step}", frame.dialect.has_any(raw("l.statuses"), [stage]))
        for step, stage in reversed(list(enumerate(stages, start=1)))
    ]
    return compose("CASE {} END", join(" ", cases))


FURTHEST = Dimension("furthest", "The furthest stage reached.", leads=_furthest, type="integer")


def _stages(selection: Selection) -> Sequence[Slot] | None:
    """A row for each stage, where there are stages."""
    if selection.stages is None:
        return None
    return [Slot(step, (step, stage)) for step, stage in enumerate(selection.stages, start=1)]


def _statement(_: QueryType, frame: Frame) -> Sql:
    if frame.selection.stages is not None:
        return grouped(frame, FURTHEST, (N,))
    return _every_status(frame)


def _every_status(frame: Frame) -> Sql:
    """Without configured stages every status is one: leads that ever had it."""
    groups = groups_of(frame)
    keys = [f"k{place}" for place in range(len(groups) + 1)]
    named = [
        compose(f"{{}} AS {key}", expression(frame, group))
        for key, group in zip(keys, groups, strict=False)
    ]
    named.append(compose(f"{{}} AS {keys[-1]}", frame.dialect.each(raw("l.statuses"))))
    named.append(compose("{} AS w", frame.source.weight or raw("1")))
    inner = compose(
        "SELECT {}\nFROM {}\nWHERE {}", join(", ", named), source(frame, groups), where(frame)
    )
    return join(
        "\n",
        [
            compose(f"SELECT {', '.join(keys)}, sum(w) AS n\nFROM ({{}}) AS had", inner),
            raw(f"GROUP BY {', '.join(keys)}\nHAVING sum(w) > 0"),
            order_by(len(keys), Order.COUNT),
            limit(),
        ],
    )


def _arrange(selection: Selection, _: Sequence[Slot], counted: Sequence[Counted]) -> Iterator[Row]:
    if selection.stages is None:
        return _rows((str(one.key), one.aggregates["n"] or 0) for one in counted)
    reached = {one.key: one.aggregates["n"] or 0 for one in counted}
    steps = range(1, len(selection.stages) + 1)
    at_least = {
        step: sum(reached.get(later, 0) for later in steps if later >= step) for step in steps
    }
    return _rows((stage, at_least[step]) for step, stage in enumerate(selection.stages, start=1))


def _rows(stages: Iterable[tuple[str, int]]) -> Iterator[Row]:
    first = before = 0
    for step, (status, count) in enumerate(stages, start=1):
        if step == 1:
            first = before = count
        yield {
            "step": step,
            "status": status,
            "count": count,
            "conversion_rate": percentage(count, first),
            "step_rate": percentage(count, before),
        }
        before = count


QUERY = QueryType(
    name="conversion_funnel",
    summary="Leads that reached each stage of the funnel or a later one.",
    unit=Unit.LEADS,
    key=FURTHEST,
    fields=(
        Field("step", "integer", "The stage's number, from 1.", numbering=True),
        Field("status", "string", "The stage."),
    ),
    figures=(
        COUNT.named("count", "Leads that reached this stage or a later one."),
        PERCENTAGE.named("conversion_rate", "Share of the first stage, 0-100."),
        PERCENTAGE.named("step_rate", "Share of the stage before, 0-100."),
    ),
    order=Order.COUNT,
    slots=_stages,
    owns=("status",),
    statement=_statement,
    arrange=_arrange,
    picture=Stages("status", "count", of_first="conversion_rate", of_before="step_rate"),
    example={"filters": {"template_id": "tpl_xyz789", "date_from": "2025-01-01"}},
)
