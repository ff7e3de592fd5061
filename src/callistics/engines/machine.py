"""What the machine gives: memory, processors, the room on the disk and that files are on it."""

import errno
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_GROUPS, _MOUNTED = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")
# What limits a group of processes, by the controller of the first version, in the folder of the
# second one and in that of the first: bytes of memory, and microseconds of processors' time in
# so many.
_LIMITS = {
    "memory": (("memory.max",), ("memory.limit_in_bytes",)),
    "cpu": (("cpu.max",), ("cpu.cfs_quota_us", "cpu.cfs_period_us")),
}
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def machine_memory() -> int:
    """Bytes of memory that this process may use: the machine's, or its container's."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    found += [int(text) for text in limits_of_groups("memory") if text.strip().isdigit()]
    return min(found)


def machine_processors() -> int:
    """Processors that this process may use: those it is bound to, or the time of its container."""
    found = [len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1]
    limits = map(processors_of, limits_of_groups("cpu"))
    return min([*found, *(limit for limit in limits if limit is not None)])


def limits_of_groups(
    controller: str, groups: Path = _GROUPS, mounted: Path = _MOUNTED
) -> Iterator[str]:
    """What limits the group of processes that this one is in, and each group around that.

    A container has its group in the place of the root, or names one that cannot be seen in it; a
    service has a group of its own below the root. Source: cgroups(7).
    """
    try:
        lines = groups.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    second, first = _LIMITS[controller]
    for line in lines:
        hierarchy, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if hierarchy == "0" and not controllers:
            roots, names = (mounted, mounted / "unified"), second
        elif controller in controllers.split(","):
            roots, names = (mounted / controllers, mounted / controller), first
        else:
            continue
        within = Path(path.lstrip("/"))
        for root in dict.fromkeys(roots):
            for group in (within, *within.parents):
                files = [root / group / name for name in names]
                if ".." not in group.parts and all(map(_is_readable, files)):
                    yield " ".join(file.read_text(encoding="ascii") for file in files)


def _is_readable(file: Path) -> bool:
    return file.is_file() and os.access(file, os.R_OK)


def processors_of(quota: str) -> int | None:
    """Those that a group may have by `150000 100000`, its time in so much, rounded up.

    None where it has no limit: `max 100000`, `-1 100000`, or nothing.
    """
    match quota.split():
        case [given, of] if given.isdigit() and of.isdigit():
            return math.ceil(int(given) / int(of))
        case _:
            return None


def size_in_bytes(size: str) -> int:
    """A size such as `4GB`, `4GiB`, or a share of the machine's memory such as `80%`, in bytes."""
    size = size.upper()
    number = size.rstrip("KMGTIB%")
    unit = size[len(number) :].rstrip("B")
    if unit == "%":
        return int(machine_memory() * float(number) / 100)
    if unit.endswith("I"):
        return int(float(number) * 1024 ** "KMGT".index(unit[0]) * 1024)
    return int(float(number) * _UNITS[unit])


@dataclass(frozen=True, slots=True)
class FileSizes:
    """Bytes that a database takes: its file, its log, what queries have spilled.

    `written_at` is when the file was last written to (s), which a checkpoint does. `free` are the
    bytes that are free beside it.
    """

    database: int
    log: int
    spilled: int
    written_at: float
    free: int


def file_sizes(path: Path) -> FileSizes | None:
    """Those of the embedded engine's file; None where it is not there."""
    if not path.exists():
        return None
    status, disk = path.stat(), os.statvfs(path.absolute().parent)
    spilled = path.with_name(path.name + ".tmp")
    return FileSizes(
        status.st_size,
        _size(path.with_name(path.name + ".wal")),
        sum(map(_size, spilled.iterdir())) if spilled.is_dir() else 0,
        status.st_mtime,
        disk.f_bavail * disk.f_frsize,
    )


FILE_FIGURES: Mapping[str, tuple[str, Callable[[FileSizes], float]]] = {
    "database_bytes": ("Bytes of the database file.", lambda one: one.database),
    "log_bytes": (
        "Bytes of the log beside the database, which checkpoints move into it.",
        lambda one: one.log,
    ),
    "spilled_bytes": ("Bytes that queries have spilled.", lambda one: one.spilled),
    "database_written_age_seconds": (
        "Seconds since the database file was written to, as the last checkpoint did.",
        lambda one: time.time() - one.written_at,
    ),
}
"""What is told of the files of an engine, by name: in words, and from their sizes."""


def _size(file: Path) -> int:
    """The bytes of a file; 0 where it is gone, as files that are spilled soon are."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def write_out(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes, at: int = 0) -> None:
    """Write at a place of a file. Raises `OSError`, also where only a part of it is written."""
    if os.pwrite(descriptor, data, at) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
