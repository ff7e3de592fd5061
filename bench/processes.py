"""What Linux tells of a process: its CPU time, its memory, how far it has read a file."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of a process: resident, of these mapped from files, and the most ever resident."""

    resident: int
    files: int
    peak: int


def cpu(pid: int) -> float:
    """Seconds of CPU, user and system, of the process and its children so far."""
    return sum(_cpu(one) for one in tree(pid))


def _cpu(pid: int) -> float:
    with suppress(OSError):
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
        fields = text.rpartition(")")[2].split()
        # The last two are of children that have ended.
        return sum(int(ticks) for ticks in fields[11:15]) / _TICKS
    return 0.0


def memory(pid: int) -> Memory:
    """What the kernel counts for the process and its children, peaks added up as well."""
    found = [_memory(one) for one in tree(pid)]
    parts = zip(*((one.resident, one.files, one.peak) for one in found if one), strict=True)
    return Memory(*map(sum, parts))


def _memory(pid: int) -> Memory | None:
    """None of a process that has ended."""
    with suppress(OSError, KeyError):
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        pairs = (line.partition(":")[::2] for line in text.splitlines())
        kilobytes = {name: int(value.split()[0]) for name, value in pairs if value.endswith("kB")}
        files = kilobytes["RssFile"] + kilobytes["RssShmem"]
        return Memory(kilobytes["VmRSS"] << 10, files << 10, kilobytes["VmHWM"] << 10)
    return None


def peak(pid: int) -> int:
    """The peaks of the process and of all its children, added up: an upper bound, in bytes."""
    return sum(one.peak for one in map(_memory, tree(pid)) if one)


def tree(pid: int) -> Iterator[int]:
    """The process, then its children and theirs."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from tree(int(child))


def position(pid: int, file: Path) -> int:
    """How many bytes of a file the process or a child of it has read; 0 if none has it open."""
    return max((_position(one, file) for one in tree(pid)), default=0)


def _position(pid: int, file: Path) -> int:
    with suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            if link.readlink() == file:
                lines = Path(f"/proc/{pid}/fdinfo/{link.name}").read_text(encoding="ascii")
                return int(lines.split()[1])
    return 0
