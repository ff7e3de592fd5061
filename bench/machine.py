"""The machine, the versions, and how busy others kept the machine during a part."""

import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import callistics
from bench.builds import OWN

_PACKAGES = ("duckdb", "granian", "litestar", "msgspec", "pyarrow")
_TICKS = os.sysconf("SC_CLK_TCK")


def facts() -> dict[str, Any]:
    """When, where and of what."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": "python -m bench " + " ".join(sys.argv[1:]),
        "revision": OWN.revision,
        "machine": {
            "cores": os.cpu_count(),
            "processor": _processor(),
            "memory_gib": round(memory / 2**30, 1),
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        },
        "versions": {
            "callistics": callistics.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in _PACKAGES},
        },
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


class Neighbours:
    """Watches how many cores all other processes of the machine take."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._others = _others()

    def cores(self) -> float:
        """On average since the start; the part's own processes must have ended."""
        seconds = time.perf_counter() - self._started
        return round((_others() - self._others) / seconds, 2)


def _others() -> float:
    """CPU seconds of the machine, without this process and its ended children."""
    line = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    user, nice, system, _idle, _wait, interrupt, soft, steal = map(int, line.split()[1:9])
    own = os.times()
    busy = (user + nice + system + interrupt + soft + steal) / _TICKS
    return busy - (own.user + own.system + own.children_user + own.children_system)
