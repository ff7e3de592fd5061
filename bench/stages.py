"""Where the CPU time of storing goes: the stages of a body of 10,000 records, and its functions."""

import cProfile
import pstats
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

from bench.inprocess import Storing
from bench.records import bodies, lines
from bench.report import Result, Table
from bench.run import Run
from callistics.engines.base import Engine
from callistics.engines.registry import open_engine
from callistics.records.columnar.call_batch import SMALLEST
from callistics.settings import Settings

SIZE, WARM, TIMED, PROFILED, SHOWN = 10_000, 1, 4, 3, 25
T = TypeVar("T")


class _Stages:
    """The steps of a request with records, timed.

    From `block` records in a request on, what can be is taken as columns.
    """

    def __init__(self, engine: Engine, block: int) -> None:
        self._storing = Storing(engine, block)
        self.cpu: dict[str, float] = {}

    def store(self, body: bytes) -> None:
        write = self._timed("read and check", lambda: self._storing.read(body))
        self._timed("commit: merge, derive, write", lambda: self._storing.commit(write))

    def _timed(self, name: str, work: Callable[[], T]) -> T:
        started = time.process_time()
        try:
            return work()
        finally:
            self.cpu[name] = self.cpu.get(name, 0) + time.process_time() - started

    def stop(self) -> None:
        self._storing.stop()


def measure(run: Run) -> Result:
    tables: list[Table] = []
    for name, block in (("as columns", SMALLEST), ("one by one", SIZE + 1)):
        cpu, profile = _measured(run, name, block)
        tables += [_stages(name, cpu), _functions(name, profile)]
    return Result(tables)


def _measured(run: Run, name: str, block: int) -> tuple[dict[str, float], cProfile.Profile]:
    made = iter(bodies(lines(max(run.calls, SIZE * (WARM + TIMED + PROFILED))), SIZE))
    engine = open_engine(Settings(engine=run.empty(name.replace(" ", "-")).dsn))
    stages, profile = _Stages(engine, block), cProfile.Profile()
    try:
        for body in islice(made, WARM):
            stages.store(body)
        stages.cpu.clear()
        for body in islice(made, TIMED):
            stages.store(body)
        cpu = dict(stages.cpu)
        for body in islice(made, PROFILED):
            profile.runcall(stages.store, body)
    finally:
        stages.stop()
        engine.close()
    return cpu, profile


def _stages(name: str, cpu: dict[str, float]) -> Table:
    whole = sum(cpu.values())
    rows = [
        (stage, seconds / (TIMED * SIZE) * 1_000_000, seconds / whole * 100)
        for stage, seconds in [*cpu.items(), ("all", whole)]
    ]
    title = f"Read {name}: CPU of {TIMED} bodies of {SIZE:,} records, in process, no profiler"
    return Table(title, ("stage", "µs/record", "%"), rows)


def _functions(name: str, profile: cProfile.Profile) -> Table:
    found = cast("Any", pstats.Stats(profile)).stats
    whole = sum(own for _, _, own, _, _ in found.values())
    most = sorted(found.items(), key=lambda item: -item[1][2])[:SHOWN]
    title = f"Read {name}: functions under cProfile, which makes Python's look larger"
    return Table(
        title, ("function", "calls/record", "own %", "with callees %"), list(_rows(most, whole))
    )


def _rows(most: list[Any], whole: float) -> Iterator[tuple[str, float, float, float]]:
    for (file, line, name), (_, calls, own, total, _) in most:
        place = name if file == "~" else f"{_short(file)}:{line} {name}"
        yield f"`{place}`", calls / (PROFILED * SIZE), own / whole * 100, total / whole * 100


def _short(file: str) -> str:
    return "/".join(Path(file).parts[-2:])
