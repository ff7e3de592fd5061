"""The picture of a query type, as a specification for Vega-Lite that lacks only the rows."""

from collections.abc import Callable, Mapping, Sequence

from callistics.catalog.measures import measure_named
from callistics.pictures.bars import parts, stages
from callistics.pictures.figures import amounts, rates, spread, total
from callistics.pictures.frame import Spec
from callistics.pictures.hours import hours
from callistics.pictures.labels import label
from callistics.pictures.series import series
from callistics.pictures.stacks import part_stacks, stage_groups
from callistics.queries import registry
from callistics.queries.picture import Hours, Parts, Rates, Series, Spread, Stages, Total
from callistics.sql.selection import Unit

# Each is given the kind of picture that it is listed under.
Draw = Callable[..., Spec | None]


def _parts(picture: Parts, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    if group_by:
        return part_stacks(picture, unit, group_by, description)
    return parts(picture, unit, description)


def _stages(picture: Stages, unit: Unit, group_by: Sequence[str], description: str) -> Spec:
    if group_by:
        return stage_groups(picture, unit, group_by, description)
    return stages(picture, unit, description)


_DRAWN: Mapping[type, Draw] = {
    Series: series,
    Parts: _parts,
    Stages: _stages,
    Hours: hours,
    Total: total,
    Rates: rates,
    Spread: spread,
}


def specification(
    query_type: str, group_by: Sequence[str] = (), measure: str | None = None
) -> Spec | None:
    """The picture of an answer's rows, compared or not; None where a plain table says it best.

    The rows, at least one, go into the data named `rows` as they are. The parameters of
    `frame.PARAMS` may be set from outside. Raises `KeyError` for an unknown query type.
    """
    kind = registry()[query_type]
    if kind.picture is None:
        return None
    picture = kind.picture
    description = _description(kind.summary, group_by)
    measured = measure_named(measure or "")
    if isinstance(picture, Spread) and measured is not None and measured.split is not None:
        return amounts(picture, kind.unit, tuple(group_by), description)
    return _DRAWN[type(picture)](picture, kind.unit, tuple(group_by), description)


def _description(summary: str, group_by: Sequence[str]) -> str:
    by = f" By {', '.join(map(label, group_by)).lower()}." if group_by else ""
    return summary + by
