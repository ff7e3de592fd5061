"""A server as users run it, on which all that happens now and then happens all the time."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from drills.nursery import Nursery
from drills.old_schema import SETTINGS
from support.live import Live, Process, Start, free_port, start

# Checkpoints after a few commits, maintenance at once and of little.
_HURRIED = """
from functools import partial
from callistics.engines import registry
from callistics.engines.duckdb import writer
from callistics.server import app
writer._LOG_SHARED = 100_000
app._MAINTENANCE_SECONDS = 0.05
registry.Tuning = partial(
    registry.Tuning, changes_refreshed=20, loose_parts_merged=5, rows_out_of_order=50
)
"""

_MOST_TOLD = 6_000


@contextmanager
def hurried(
    folder: Path,
    settings: Mapping[str, str] | None = None,
    *,
    before: str = "",
    start: Start = start,
) -> Generator[Live]:
    """A process that is killed at the end. Its log lines go into a file.

    `before` are statements that it executes first; `start` begins it.
    """
    with _log_beside(folder).open("ab") as log:
        server = Live(folder, settings or {}, before + _HURRIED, log, start)
        try:
            yield server
        finally:
            server.kill()


def begin(folder: Path, nursery: Nursery) -> Process:
    """A process that begins to serve a folder."""
    with _log_beside(folder).open("ab") as log:
        port = {"CALLISTICS_PORT": str(free_port())}
        return nursery.start(folder, SETTINGS | port, _HURRIED, log)


def last_failure(folder: Path) -> str:
    """The last traceback that a server of this folder has logged, empty where there is none."""
    log = _log_beside(folder)
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    _, begun, rest = text.rpartition("Traceback (most recent call last)")
    return f"{begun}{rest[:_MOST_TOLD]}" if begun else ""


def _log_beside(folder: Path) -> Path:
    return folder.parent / "server.log"
