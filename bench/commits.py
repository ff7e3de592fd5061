"""What a commit costs beside the calls that are stored: by how many records it has, and which."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice

from bench.inprocess import Storing
from bench.records import bodies, fresh, resent
from bench.report import Result, Table, percentile
from bench.run import Run, say
from callistics import synthetic
from callistics.engines.registry import open_engine
from callistics.settings import Settings

SIZES, TIMED, WARM = (1, 64, 1_000, 10_000), 12, 2
_RATE = 2_000
_COLUMNS = ("records", "wall p50 ms", "CPU p50 ms", "CPU µs/record")


def measure(run: Run) -> Result:
    number = sum(SIZES) * (WARM + TIMED)
    say("preparing records")
    ways = {
        "New calls, one after the other in time": fresh(number * 9 // 8, synthetic.UNTIL, _RATE),
        "Stored calls, any of them, with another outcome": resent(run, number * 1.1 / run.calls),
    }
    with run.store.copied("commits") as store:
        engine = open_engine(Settings(engine=store.dsn))
        try:
            storing = Storing(engine)
            try:
                _warm(storing, run)
                tables = [_table(title, storing, made) for title, made in ways.items()]
            finally:
                storing.stop()
        finally:
            engine.close()
    return Result(tables, [f"In process, {TIMED} commits of each size."])


def _warm(storing: Storing, run: Run) -> None:
    """Let the engine read in the background which ids are stored, as it does from the first on."""
    (first,) = bodies(fresh(1, synthetic.UNTIL, _RATE), 1)
    storing.commit(storing.read(first))
    time.sleep(1 + run.calls / 1_000_000)


def _table(title: str, storing: Storing, records: Sequence[bytes]) -> Table:
    remaining = iter(records)
    rows = [_row(storing, size, _bodies(remaining, size)) for size in SIZES]
    return Table(title, _COLUMNS, rows)


def _bodies(records: Iterator[bytes], size: int) -> list[bytes]:
    return bodies(list(islice(records, size * (WARM + TIMED))), size)


def _row(storing: Storing, size: int, made: Sequence[bytes]) -> tuple[float, ...]:
    wall: list[float] = []
    cpu: list[float] = []
    for body in made:
        write = storing.read(body)
        began, used = time.perf_counter(), time.process_time()
        storing.commit(write)
        wall.append((time.perf_counter() - began) * 1_000)
        cpu.append((time.process_time() - used) * 1_000)
    took = percentile(cpu[WARM:], 50)
    return size, percentile(wall[WARM:], 50), took, took * 1_000 / size
