"""The states that a server holds for backups, and what it does when nobody waits."""

import os
import tempfile
from pathlib import Path

from callistics.audit.log import MOST, AuditLog, Sought
from callistics.backups.states import HeldSnapshots
from callistics.engines.base import Engine
from callistics.engines.registry import database_file, engine_name
from callistics.model.audit import Action
from callistics.settings import Settings


def make_states(settings: Settings, engine: Engine, audit: AuditLog) -> HeldSnapshots:
    """None is held yet. Parts are written beside the database, where it is a file."""
    database = database_file(settings.engine)
    if database is None:
        scratch = Path(tempfile.gettempdir()) / f"callistics-{os.getpid()}.part"
    else:
        scratch = database.with_name(f"{database.name}.part")
        # A process that was killed may have left one.
        scratch.unlink(missing_ok=True)
    states = HeldSnapshots(engine, engine_name(settings.engine), scratch)
    for entry in audit.find(Sought(1, MOST, action=Action.BACKUP_MADE)):
        states.made_at = entry.at
    return states
