"""Two hours of mixed load with corrections, erasures, exports, and a backup every ten minutes."""

import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from drills.report import Report
from drills.soak_world import Size, Told, World
from support import engines
from support.live import Live, live

FULL = Size(calls=1_000_000, windows=12, seconds=600)
SHORT = Size(calls=2_000, windows=2, seconds=2)
_MOST_MEMORY, _MOST_TIME, _MOST_FILE = 1.10, 1.2, 1.5
_ENGINE = 10**9
_SETTINGS = {"CALLISTICS_MEMORY_LIMIT": f"{_ENGINE // 10**9}GB"}
# What the engine may take for a while, when it puts a month in order, and all else of the process.
_LIMIT = _ENGINE + 640 * 2**20
_HEADINGS = (
    "minutes",
    "calls taken",
    "leads erased",
    "backups",
    "writes p99 (ms)",
    "queries",
    "p50 (ms)",
    "p99 (ms)",
    "memory, half the time (MB)",
    "memory, most (MB)",
    "file and log, most (MB)",
    "open files",
    "errors",
)


def drill(*, short: bool) -> Report:
    """Load one server for hours; the table has a row for each window of it.

    What memory is taken half the time, the size of the file and the 99th percentile of queries are
    compared with the first window's; the most memory, with what the engine is allowed. The short
    form shows errors and figures alone.
    """
    engines.current = "duckdb"
    size = SHORT if short else FULL
    with tempfile.TemporaryDirectory() as place:
        folder, backups = Path(place) / "data", Path(place) / "backups"
        folder.mkdir()
        with live(folder, **_SETTINGS) as server:
            world = World(server, size, backups)
            world.load()
            with world.at_work():
                windows = _watched(world, server)
            differences = world.differences()
    for line in differences:
        print(line)
    return Report(_HEADINGS, [one.row for one in windows], _passed(windows, differences, short))


class _Window:
    """What one window showed; `row` has the cells of `_HEADINGS`."""

    def __init__(self, times: str, told: Told, peaks: Mapping[str, float]) -> None:
        self.peaks, self.errors = peaks, len(told.errors)
        self.p99 = _quantile(told.queries, 99)
        self.row: Sequence[object] = (
            times,
            f"{told.counted['calls']:,}",
            told.counted["erased"],
            told.counted["backups"],
            f"{_quantile(told.writes, 99):.0f}",
            f"{len(told.queries):,}",
            f"{_quantile(told.queries, 50):.1f}",
            f"{self.p99:.1f}",
            round(peaks["usual memory"] / 2**20),
            round(peaks["memory"] / 2**20),
            round(peaks["file"] / 2**20),
            round(peaks["open"]),
            self.errors,
        )


def _watched(world: World, server: Live) -> list[_Window]:
    """The windows until the end, or until somebody interrupts."""
    found: list[_Window] = []
    began = time.monotonic()
    try:
        for number in range(world.size.windows):
            peaks = _peaks(server, began + (number + 1) * world.size.seconds)
            told = world.turn()
            begin, end = (each * world.size.seconds / 60 for each in (number, number + 1))
            found.append(_Window(f"{begin:.3g} to {end:.3g}", told, peaks))
            print(*found[-1].row, *set(told.errors), sep=" | ", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("ended early", file=sys.stderr)
    return found


def _peaks(server: Live, end: float) -> Mapping[str, float]:
    """The most of each that the server's own metrics tell until an instant, and usual memory."""
    most = {"memory": 0.0, "file": 0.0, "open": 0.0}
    memory: list[float] = []
    while True:
        text = server.client.get("/metrics").text
        told = {
            sample.name: sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
        now = {
            "memory": told["process_resident_memory_bytes"],
            "file": told["callistics_database_bytes"] + told["callistics_log_bytes"],
            "open": told["process_open_fds"],
        }
        most = {name: max(most[name], value) for name, value in now.items()}
        memory.append(now["memory"])
        left = end - time.monotonic()
        if left <= 0:
            return most | {"usual memory": statistics.median(memory)}
        time.sleep(min(left, 5))


def _quantile(times: Sequence[float], percent: int) -> float:
    """In milliseconds."""
    if len(times) < 2:
        return 0.0
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1] * 1_000


def _passed(windows: Sequence[_Window], differences: Sequence[str], short: bool) -> bool:
    right = bool(windows) and not differences and not any(one.errors for one in windows)
    if short or not right:
        return right
    first = windows[0]
    return all(
        one.peaks["usual memory"] <= first.peaks["usual memory"] * _MOST_MEMORY
        and one.peaks["memory"] <= _LIMIT
        and one.peaks["file"] <= first.peaks["file"] * _MOST_FILE
        and one.p99 <= first.p99 * _MOST_TIME
        for one in windows
    )
