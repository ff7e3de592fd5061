"""Where the CPU time of storing goes: the stages of a body of 10,000 records, and its functions."""

import cProfile
import pstats
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

from bench.records import bodies
from bench.report import Result, Table
from bench.run import Run
from callistics.engines.base import Engine
from callistics.engines.opening import open_engine
from callistics.http.services import now
from callistics.ingest.reader import Limits, check_records, read_records
from callistics.ingest.writer import Job, Writer
from callistics.model.record_values import Reading
from callistics.model.records import RecordKind
from callistics.model.scope import EVERYTHING
from callistics.model.writes import Write
from callistics.model.zones import zone
from callistics.settings import Settings

SIZE, WARM, TIMED, PROFILED, SHOWN = 10_000, 1, 4, 3, 25
T = TypeVar("T")


class _Stages:
    """The steps of a request with records, one after the other in this thread."""

    def __init__(self, engine: Engine) -> None:
        self._writer = Writer(engine, 1)
        self._reading = Reading(zone("UTC"), now())
        self.cpu: dict[str, float] = {}

    def store(self, body: bytes) -> None:
        raw = self._timed("read: NDJSON to objects", lambda: _read(body))
        write = self._timed("check: objects to records", lambda: self._check(raw))
        self._timed("commit: merge, derive, write", lambda: self._commit(write))

    def _check(self, raw: list[object]) -> Write:
        reading, kind = self._reading, RecordKind.CALLS
        return check_records(kind, raw, single=False, reading=reading, scope=EVERYTHING, skip=False)

    def _commit(self, write: Write) -> None:
        job = Job(write, lambda _: (200, b""))
        self._writer.commit([job])
        job.done.result()

    def _timed(self, name: str, work: Callable[[], T]) -> T:
        started = time.process_time()
        try:
            return work()
        finally:
            self.cpu[name] = self.cpu.get(name, 0) + time.process_time() - started

    def stop(self) -> None:
        self._writer.stop()


def _read(body: bytes) -> list[object]:
    return read_records(body, "application/x-ndjson", Limits(1 << 30, SIZE))[0]


def measure(run: Run) -> Result:
    made = bodies(max(run.calls, SIZE * (WARM + TIMED + PROFILED)), SIZE)
    engine = open_engine(Settings(engine=f"duckdb://{run.folder / 'stages.db'}"))
    stages = _Stages(engine)
    try:
        for body in islice(made, WARM):
            stages.store(body)
        stages.cpu.clear()
        for body in islice(made, TIMED):
            stages.store(body)
        cpu = dict(stages.cpu)
        profile = cProfile.Profile()
        for body in islice(made, PROFILED):
            profile.runcall(stages.store, body)
    finally:
        stages.stop()
        engine.close()
    return Result([_stages(cpu), _functions(profile)])


def _stages(cpu: dict[str, float]) -> Table:
    whole = sum(cpu.values())
    rows = [
        (name, seconds / (TIMED * SIZE) * 1_000_000, seconds / whole * 100)
        for name, seconds in [*cpu.items(), ("all", whole)]
    ]
    title = f"CPU of the stages, {TIMED} bodies of {SIZE:,} records, in process, no profiler"
    return Table(title, ("stage", "µs/record", "%"), rows)


def _functions(profile: cProfile.Profile) -> Table:
    found = cast("Any", pstats.Stats(profile)).stats
    whole = sum(own for _, _, own, _, _ in found.values())
    most = sorted(found.items(), key=lambda item: -item[1][2])[:SHOWN]
    title = "Functions by their own time under cProfile, which makes Python's look larger"
    return Table(
        title, ("function", "calls/record", "own %", "with callees %"), list(_rows(most, whole))
    )


def _rows(most: list[Any], whole: float) -> Iterator[tuple[str, float, float, float]]:
    for (file, line, name), (_, calls, own, total, _) in most:
        place = name if file == "~" else f"{_short(file)}:{line} {name}"
        yield f"`{place}`", calls / (PROFILED * SIZE), own / whole * 100, total / whole * 100


def _short(file: str) -> str:
    return "/".join(Path(file).parts[-2:])
