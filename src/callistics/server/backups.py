"""The states that a server holds for backups, and what it does when nobody waits."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from callistics.audit.log import MOST, AuditLog, Sought
from callistics.backups.states import States
from callistics.engines.base import Engine
from callistics.engines.registry import database_file, engine_name
from callistics.model.audit import Action
from callistics.settings import Settings
from callistics.webhooks.service import Webhooks


def make_states(settings: Settings, engine: Engine, audit: AuditLog) -> States:
    """None is held yet. Files of parts are written beside the database, where it is a file."""
    database = database_file(settings.engine)
    scratch = Path(tempfile.gettempdir()) if database is None else database.parent
    states = States(engine, engine_name(settings.engine), scratch)
    for entry in audit.find(Sought(1, MOST, action=Action.BACKUP_MADE)):
        states.made_at = entry.at
    return states


def maintaining(engine: Engine, webhooks: Webhooks, states: States) -> Callable[[], bool]:
    """Does a piece of maintenance of the engine, else of what is kept of webhooks.

    States that nobody asks for go meanwhile.
    """

    def maintain() -> bool:
        states.expire()
        return engine.maintain() or webhooks.maintain()

    return maintain
