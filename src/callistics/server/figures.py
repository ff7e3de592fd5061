"""The figures of a server that are read when somebody asks for them."""

import math

from callistics import __version__
from callistics.access.keyring import SOON_DAYS
from callistics.analytics.pending import Pending
from callistics.backups.states import States
from callistics.engines.base import Engine
from callistics.engines.diagnosis import seconds_ahead
from callistics.errors import CallisticsError
from callistics.http.metrics import AHEAD
from callistics.http.services import Services
from callistics.model.instants import SECOND, now


def show_figures(parts: Services, engine: Engine) -> None:
    """Have the metrics of a server tell them."""
    parts.metrics.info(version=__version__, engine=engine.version)
    gauge = parts.metrics.gauge
    waiting, busy = "Requests waiting to be committed.", "Queries running or waiting."
    gauge("callistics_ingest_queue", waiting, lambda: parts.writer.waiting)
    gauge("callistics_queries_busy", busy, lambda: parts.queries.busy)
    held = "Bytes of bodies and answers under way."
    gauge("callistics_request_memory_bytes", held, lambda: parts.memory.held)
    soon = f"Access keys that end within {SOON_DAYS} days."
    gauge("callistics_keys_ending", soon, lambda: len(parts.keyring.ending(now())))
    ahead = "Seconds that times of arrival lie ahead of the clock; below 60: 0."
    gauge(AHEAD, ahead, lambda: seconds_ahead(engine.newest_arrival()))
    waits = "Records that wait for required fields, in no figure; NaN where the engine cannot tell."
    gauge("callistics_pending_records", waits, lambda: _number_pending(parts.pending))
    age = "Seconds since the newest backup was made; NaN where none was."
    gauge("callistics_backup_age_seconds", age, lambda: _backup_age(parts.backups))


def _number_pending(pending: Pending) -> float:
    try:
        return pending.count()
    except CallisticsError:
        return math.nan


def _backup_age(states: States) -> float:
    made = states.made_at
    return math.nan if made is None else (now() - made) / SECOND
