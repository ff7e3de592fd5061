"""The disk that a database lies on: how much room it has, and how much is kept back."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of a database file, of which `reserve` bytes are kept free.

    The engine needs room to move its log into the file: where there is none it fails altogether,
    so that nothing more is written some time before.
    """

    path: Path
    reserve: int = 0

    @property
    def free(self) -> int | None:
        """Bytes that may be written yet; None for a database in memory."""
        if str(self.path) == ":memory:":
            return None
        try:
            found = os.statvfs(self.path.parent)
        except OSError:
            return None
        return found.f_bavail * found.f_frsize

    @property
    def shortage(self) -> str | None:
        """Why nothing may be written where room is short, else None."""
        free = self.free
        if free is None or free >= self.reserve:
            return None
        return (
            f"the disk is almost full: {free:,} bytes are free, and `disk_reserve` keeps"
            f" {self.reserve:,} of them back"
        )

    @property
    def spillable(self) -> int | None:
        """How many bytes queries may spill; None where nobody knows."""
        free = self.free
        return None if free is None else max(0, free - self.reserve)
