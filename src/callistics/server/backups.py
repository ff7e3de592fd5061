"""The states that a server holds for backups, and what it does when nobody waits."""

import math
import tempfile
from collections.abc import Callable
from pathlib import Path

from callistics.backups.states import States
from callistics.engines.base import Engine
from callistics.engines.registry import database_file, engine_name
from callistics.http.metrics import Metrics
from callistics.model.instants import SECOND, now
from callistics.settings import Settings
from callistics.webhooks.service import Webhooks


def make_states(settings: Settings, engine: Engine, metrics: Metrics) -> States:
    """None is held yet. Files of parts are written beside the database, where it is a file."""
    database = database_file(settings.engine)
    scratch = Path(tempfile.gettempdir()) if database is None else database.parent
    states = States(engine, engine_name(settings.engine), scratch)

    def age() -> float:
        return math.nan if states.made_at is None else (now() - states.made_at) / SECOND

    text = "Seconds since the state that the newest backup has; NaN where none was made."
    metrics.gauge("callistics_backup_age_seconds", text, age)
    return states


def maintaining(engine: Engine, webhooks: Webhooks, states: States) -> Callable[[], bool]:
    """Does a piece of maintenance of the engine, else of what is kept of webhooks.

    States that nobody asks for go meanwhile.
    """

    def maintain() -> bool:
        states.expire()
        return engine.maintain() or webhooks.maintain()

    return maintain
