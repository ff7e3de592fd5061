"""`python -m bench [part ...] [--calls N]`."""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import (
    ingest,
    lookups,
    machine,
    memory,
    overhead,
    payloads,
    queries,
    repeated,
    stages,
    upserts,
)
from bench.report import Result, save, show
from bench.run import Run

PARTS: dict[str, Callable[[Run], Result]] = {
    "overhead": overhead.measure,
    "memory": memory.measure,
    "ingest": ingest.measure,
    "lookups": lookups.measure,
    "queries": queries.measure,
    "repeated": repeated.measure,
    "stages": stages.measure,
    "upserts": upserts.measure,
    "payloads": payloads.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; none: all")
    parser.add_argument("--calls", type=int, default=100_000, help="default: %(default)s")
    given = parser.parse_args()
    unknown = [name for name in given.parts if name not in PARTS]
    if unknown or given.calls < 1_000:
        parser.error(f"no such part: {', '.join(unknown)}" if unknown else "--calls from 1000 on")
    facts = {**machine.facts(), "calls": given.calls}
    with tempfile.TemporaryDirectory(prefix="callistics-bench-") as folder:
        run = Run(given.calls, Path(folder))
        for name in given.parts or PARTS:
            neighbours, started = machine.Neighbours(), time.perf_counter()
            result = PARTS[name](run)
            seconds = time.perf_counter() - started
            cores = neighbours.cores()
            result.notes.append(f"Other processes took {cores:.2f} cores meanwhile.")
            print(f"## {name}\n\n{show(result)}", flush=True)
            noted = {**facts, "part": name, "seconds": round(seconds, 1), "other_cores": cores}
            print(f"{save(name, result, noted)}, {seconds:.0f} s\n", flush=True)


if __name__ == "__main__":
    main()
