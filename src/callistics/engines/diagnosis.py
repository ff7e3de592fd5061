"""What there is to say of an engine without changing anything in it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from callistics.model import instants
from callistics.model.instants import MINUTE, SECOND

# So far clocks are apart without anybody having set one wrong.
_APART = MINUTE


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """An engine's name and version, facts for people, and everything that is wrong with it.

    `figures` are as `/metrics` names them, without `callistics_`.
    """

    engine: str
    facts: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict[str, float])


def figures_of_arrivals(newest: int) -> dict[str, float]:
    """What the newest time of arrival (µs) tells; 0 is that there is none."""
    age = (instants.now() - newest) / SECOND if newest else math.nan
    return {"newest_record_age_seconds": age}


def seconds_ahead(newest: int) -> float:
    """How far the newest time of arrival (µs) lies ahead of the clock, where that is much.

    Later ones go on from it, however right the clock is by then.
    """
    ahead = newest - instants.now()
    return ahead / SECOND if ahead > _APART else 0.0


def ahead_problem(seconds: float) -> str | None:
    """What is to be said of times of arrival that lie ahead."""
    if not seconds:
        return None
    return (
        f"times of arrival lie {seconds:,.0f} seconds ahead of the clock, which was ahead itself"
        " once: until it has caught up, records that have no updated_at are newer than those that"
        " have that of now"
    )
