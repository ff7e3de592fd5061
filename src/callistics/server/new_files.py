"""Who may read the files that a server makes."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def private_files(database: Path | None) -> Generator[None]:
    """New files are their owner's alone, or as open as the database that is there already.

    The log beside it comes and goes as the engine likes, so that this holds for as long as the
    engine is open.
    """
    mode = database.stat().st_mode if database is not None and database.exists() else 0o600
    before = os.umask(0o077)
    os.umask(before | ~mode & 0o077)
    try:
        yield
    finally:
        os.umask(before)
