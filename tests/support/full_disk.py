"""A disk that takes no more: files may grow no further than the log has grown."""

import resource
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@contextmanager
def full(log: Path, room: int = 64) -> Generator[None]:
    """No file of this process may be written beyond the size of a log, and little more."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size(log) + room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))
