"""A server as users run it, on which all that happens now and then happens all the time."""

import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.live import Live, free_port, start

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


@contextmanager
def hurried(
    folder: Path, environment: Mapping[str, str] | None = None, *, before: str = ""
) -> Generator[Live]:
    """A process that is killed at the end. Its log lines go into a file.

    `before` are statements that it executes first.
    """
    with _log_beside(folder).open("ab") as log:
        server = Live(folder, environment or {}, before + _HURRIED, log)
        try:
            yield server
        finally:
            server.kill()


def begin(folder: Path) -> "subprocess.Popen[bytes]":
    """A process that begins to serve a folder."""
    with _log_beside(folder).open("ab") as log:
        return start(folder, {"CALLISTICS_PORT": str(free_port())}, _HURRIED, log)


def _log_beside(folder: Path) -> Path:
    return folder.parent / "server.log"
