# pyright: reportPrivateUsage=false
"""Having checkpoints made when a test wants them."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from callistics.engines.base import Engine
from support.inside import duckdb_engine


def checkpoint(engine: Engine) -> None:
    """Move the log into the file, as is done once it is long."""
    writer = duckdb_engine(engine)._write
    with writer.lock:
        assert writer.checkpoint()


def checkpoint_before_the_next_commit(engine: Engine) -> None:
    duckdb_engine(engine)._write._log_limit = 0


@contextmanager
def new_files_for_all() -> Generator[None]:
    """New files may be read by anybody, unless their mode says otherwise."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)
