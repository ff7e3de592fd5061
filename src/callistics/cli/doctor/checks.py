"""What figures of a server or of its files mean: all right, to be looked at, or wrong."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from callistics.cli.doctor.amounts import duration, size

Figures = Mapping[str, float]
_GIGABYTE, _HOUR, _DAY = 10**9, 3_600, 86_400


class Verdict(StrEnum):
    """How something is."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was looked at: how it is, and what to do about it."""

    name: str
    text: str
    state: Verdict = Verdict.OK
    advice: str = ""


def checks_of(figures: Figures) -> Iterator[Check]:
    """What the figures mean, as far as they are known."""
    for name, check in _CHECKS.items():
        value = figures.get(name)
        if value is not None:
            found = check(value, figures)
            if found is not None:
                yield found


def _disk(free: float, figures: Figures) -> Check | None:
    if math.isnan(free):
        return None
    text = f"{size(free)} free beside the database"
    if free < _GIGABYTE:
        return Check("disk", f"only {text}", Verdict.BAD, "make room: records are refused without")
    enough = max(5 * _GIGABYTE, 0.2 * _known(figures, "database_bytes"))
    if free < enough:
        advice = f"make room: {size(enough)} or more let it grow and be put in order"
        return Check("disk", text, Verdict.WARN, advice)
    return Check("disk", text)


def _database(used: float, _: Figures) -> Check | None:
    if math.isnan(used):
        return None
    return Check("database", size(used))


def _log(used: float, figures: Figures) -> Check | None:
    if math.isnan(used):
        return None
    written = duration(_known(figures, "database_written_age_seconds"))
    text = f"{size(used)}; the last checkpoint wrote into the database {written} ago"
    if used > _GIGABYTE:
        advice = "a start reads it again: look in the log of the server for why checkpoints wait"
        return Check("log", text, Verdict.WARN, advice)
    return Check("log", text)


def _spilled(used: float, figures: Figures) -> Check | None:
    if math.isnan(used):
        return None
    text = size(used) if used else "nothing"
    if used > max(10 * _GIGABYTE, 0.5 * _known(figures, "disk_free_bytes")):
        advice = "queries need more memory than they have: set memory_limit higher, or ask for less"
        return Check("spilled by queries", text, Verdict.WARN, advice)
    return Check("spilled by queries", text)


def _newest(age: float, _: Figures) -> Check:
    name = "newest record"
    if math.isnan(age):
        return Check(name, "none came yet")
    text = f"came {duration(max(age, 0))} ago"
    if age > _DAY:
        return Check(name, text, Verdict.WARN, "see whether those who send are refused, or stopped")
    return Check(name, text)


def _backup(age: float, _: Figures) -> Check:
    if math.isnan(age):
        return Check("backup", "none is known", Verdict.WARN, "make one, and make them regularly")
    text = f"{duration(age)} old"
    if age > 2 * _DAY:
        return Check("backup", text, Verdict.WARN, "make one, and see why none was made since")
    return Check("backup", text)


def _memory(limit: float, figures: Figures) -> Check | None:
    machine = _known(figures, "machine_memory_bytes")
    if math.isnan(limit) or not machine:
        return None
    text = f"the engine may use {size(limit)} of {size(machine)}"
    advice = "set memory_limit lower: the server itself and the cache of files need some too"
    if limit > machine:
        return Check("memory", text, Verdict.BAD, advice)
    if limit > 0.8 * machine:
        return Check("memory", text, Verdict.WARN, advice)
    return Check("memory", text)


def _resident(used: float, figures: Figures) -> Check:
    machine = _known(figures, "machine_memory_bytes")
    text = f"the server uses {size(used)}"
    if machine and used > 0.9 * machine:
        advice = "the system may end it: set memory_limit lower, or give it more"
        return Check("memory in use", text, Verdict.WARN, advice)
    return Check("memory in use", text)


def _keys(ending: float, _: Figures) -> Check | None:
    if not ending:
        return None
    text = f"{ending:,.0f} end soon"
    return Check("access keys", text, Verdict.WARN, "rotate them: callistics keys list")


def _notices(overdue: float, _: Figures) -> Check | None:
    if not overdue or math.isnan(overdue):
        return None
    text = f"{overdue:,.0f} of alerts did not arrive yet"
    return Check("notices", text, Verdict.WARN, "see why: callistics alerts show ID")


def _webhooks(age: float, _: Figures) -> Check | None:
    if math.isnan(age) or age < 600:
        return None
    text = f"the oldest waits to be mapped for {duration(age)}"
    return Check(
        "webhooks", text, Verdict.WARN, "look in the log of the server for what keeps them"
    )


def _overwriting(age: float, _: Figures) -> Check | None:
    if math.isnan(age):
        return None
    if not age:
        return Check("erased", "nothing is left of it in the database's files")
    text = f"what was erased {duration(age)} ago is not overwritten in the database's files yet"
    if age > _DAY:
        advice = "look in the log of the server for what keeps maintenance from it"
        return Check("erased", text, Verdict.WARN, advice)
    return Check("erased", text)


def _maintenance(age: float, _: Figures) -> Check | None:
    if math.isnan(age):
        return None
    text = f"last done {duration(age)} ago"
    if age > _HOUR:
        advice = "look in the log of the server for why it fails, or what takes so long"
        return Check("maintenance", text, Verdict.WARN, advice)
    return Check("maintenance", text)


def _known(figures: Figures, name: str) -> float:
    """A figure, 0 where it is not known."""
    found = figures.get(name, 0.0)
    return 0.0 if math.isnan(found) else found


_CHECKS: Mapping[str, Callable[[float, Figures], Check | None]] = {
    "disk_free_bytes": _disk,
    "database_bytes": _database,
    "log_bytes": _log,
    "spilled_bytes": _spilled,
    "newest_record_age_seconds": _newest,
    "backup_age_seconds": _backup,
    "memory_limit_bytes": _memory,
    "process_resident_memory_bytes": _resident,
    "keys_ending": _keys,
    "alert_notices_overdue": _notices,
    "webhooks_waiting_age_seconds": _webhooks,
    "overwriting_due_age_seconds": _overwriting,
    "maintenance_age_seconds": _maintenance,
}
"""By the figure that each is about."""
