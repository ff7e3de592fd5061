"""Every decoder of what others send, fuzzed by coverage from samples: declared errors alone.

Each has a process of its own, which keeps what it is about to read in a file: what ends the process
is found, too. In the short form all are in this one, with few inputs.
"""

import math
import multiprocessing
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from drills import fuzz_bodies, fuzz_files, fuzz_records, fuzz_webhooks
from drills.fuzz_loop import SLOWEST, Fuzzed, Loop, Target
from drills.report import Report

KEPT = Path("fuzz-failures")
"""Where inputs that fail are kept, below the folder that the drill is started in."""
_MINUTES = 60.0
_SHORT_INPUTS = 3
# A process that has not ended so long after it should have hangs.
_PATIENCE = 60.0
HEADINGS = ("decoder", "inputs", "steps reached", "samples", "slowest (ms)", "failures")


def targets() -> list[Target]:
    """Every decoder."""
    parts = (fuzz_records, fuzz_bodies, fuzz_webhooks, fuzz_files)
    return [target for part in parts for target in part.targets()]


def drill(*, short: bool, minutes: float | None = None, seed: int | None = None) -> Report:
    """So many minutes in all, an hour unless told; of a seed that is told where something fails.

    Ctrl-C ends the decoder under way, which does not count, and tells of those before it.
    """
    chosen = random.SystemRandom().randrange(10**6) if seed is None else seed
    if short:
        found = [_briefly(one, 1 if seed is None else seed) for one in targets()]
    else:
        found = list[Fuzzed]()
        with suppress(KeyboardInterrupt):
            for one in _long((_MINUTES if minutes is None else minutes) * 60, chosen):
                found.append(one)
    lines = [line for one in found for line in one.kept_in(KEPT)]
    if lines:
        print(f"of seed {chosen}:", *lines, sep="\n")
    rows = [_row(one) for one in found]
    total = ("all", *map(sum, zip(*(row[1:4] for row in rows), strict=True)), "", len(lines))
    return Report(HEADINGS, [*rows, total], not lines)


def _row(one: Fuzzed) -> tuple[str, int, int, int, int, int]:
    slowest = round(one.slowest * 1_000)
    return one.name, one.inputs, one.reached, one.kept, slowest, len(one.failures)


def _briefly(target: Target, seed: int) -> Fuzzed:
    return Loop(target, seed).run(math.inf, _SHORT_INPUTS)


def _long(seconds: float, seed: int) -> Iterator[Fuzzed]:
    everything = targets()
    for place, target in enumerate(everything):
        one = _apart(place, target.name, seconds / len(everything), seed)
        told = f"{one.inputs:,} inputs, {one.reached:,} steps, {len(one.failures)} failures"
        print(f"{place + 1:2}/{len(everything)} {one.name}: {told}", file=sys.stderr, flush=True)
        yield one


def _apart(place: int, name: str, seconds: float, seed: int) -> Fuzzed:
    """What a process of its own finds, or that it ended or hung, and over what."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    with tempfile.NamedTemporaryFile() as current:
        work = (place, seconds, seed, current.name, sending)
        process = context.Process(target=_work, args=work, daemon=True)
        process.start()
        sending.close()
        found = _received(receiving, seconds + _PATIENCE)
        process.join(SLOWEST)
        if process.is_alive():
            process.kill()
            process.join()
        if found is not None:
            return found
        ended = "it hangs" if process.exitcode == -9 else f"the process ends: {process.exitcode}"
        return Fuzzed(name, failures={ended: Path(current.name).read_bytes()})


def _received(receiving: Connection, patience: float) -> Fuzzed | None:
    try:
        return receiving.recv() if receiving.poll(patience) else None
    except EOFError:
        return None


def _work(place: int, seconds: float, seed: int, current: str, sending: Connection) -> None:
    with Path(current).open("r+b", buffering=0) as file:

        def noted(data: bytes) -> None:
            file.seek(0)
            file.truncate()
            file.write(data)

        sending.send(Loop(targets()[place], seed, noted).run(seconds))
