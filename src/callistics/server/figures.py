"""The figures of a server that are read when somebody asks for them."""

import math

from callistics import __version__
from callistics.analytics.pending import Pending
from callistics.backups.states import States
from callistics.engines.base import Engine
from callistics.errors import CallisticsError
from callistics.http.services import Services
from callistics.model.instants import SECOND, now


def show_figures(parts: Services, engine: Engine) -> None:
    """Have the metrics of a server tell them."""
    parts.metrics.info(version=__version__, engine=engine.version)
    gauge = parts.metrics.gauge
    waiting, busy = "Requests waiting to be committed.", "Queries running or waiting."
    gauge("callistics_ingest_queue", waiting, lambda: parts.writer.waiting)
    gauge("callistics_queries_busy", busy, lambda: parts.queries.busy)
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
