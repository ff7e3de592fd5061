"""How the state of one group goes on from an evaluation to the next."""

from dataclasses import dataclass, replace
from decimal import Decimal

from callistics.alerts.condition import is_met
from callistics.model.alerts import (
    AlertChange,
    AlertState,
    GroupKey,
    GroupState,
    StoredAlert,
    Window,
)

NO_DATA_AS = ("ok", "no_data", "keep")
"""What an alert may make of a window without a figure, or with too few calls."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The figure of a group in a window, what it is compared with, and how many it is of.

    `occurs` is whether there was anything of the group.
    """

    group: GroupKey
    value: Decimal | None
    previous: Decimal | None = None
    count: int | None = None
    occurs: bool = True


def begun(reading: Reading, window: Window, at: int) -> GroupState:
    """A group that was not known before."""
    return GroupState(reading.group, AlertState.OK, at, seen=window.end)


def verdict(alert: StoredAlert, reading: Reading) -> bool | None:
    """Whether the condition holds; None where too little is known to tell."""
    too_few = reading.count is not None and reading.count < alert.minimum
    return None if too_few else is_met(alert.condition, reading.value, reading.previous)


def step(
    alert: StoredAlert, before: GroupState, reading: Reading, window: Window, at: int
) -> tuple[GroupState, AlertChange | None]:
    """The state after a window that was evaluated at an instant (µs), and the change, if any."""
    met = verdict(alert, reading)
    state, times = _next(alert, before, met)
    changed = state is not before.state
    after = replace(
        before,
        state=state,
        since=at if changed else before.since,
        met=times,
        value=reading.value,
        previous=reading.previous,
        count=reading.count,
        seen=window.end if reading.occurs else before.seen,
    )
    if not changed:
        return after, None
    figures = (reading.value, reading.previous, reading.count)
    return after, AlertChange(at, reading.group, before.state, state, window, *figures)


def _next(alert: StoredAlert, before: GroupState, met: bool | None) -> tuple[AlertState, int]:
    """The next state, and how often the condition has held on end."""
    if met is None:
        if alert.no_data == "keep":
            return before.state, before.met
        if alert.no_data == "no_data":
            return AlertState.NO_DATA, 0
    if not met:
        firing = before.state is AlertState.FIRING
        return (AlertState.RECOVERED if firing else AlertState.OK), 0
    times = before.met + 1
    if before.state is AlertState.FIRING or times > alert.pending_for:
        return AlertState.FIRING, times
    return AlertState.PENDING, times


def is_told(change: AlertChange) -> bool:
    """Whether somebody is to hear of a change: not of what may yet come to nothing."""
    if change.after in (AlertState.FIRING, AlertState.NO_DATA, AlertState.ERROR):
        return True
    return change.before in (AlertState.FIRING, AlertState.NO_DATA, AlertState.ERROR)
