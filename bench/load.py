"""The product's own import of all calls into an empty store: speed, memory, bytes."""

import os
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import processes, storage
from bench.builds import OWN, Build
from bench.live import environment_of
from bench.records import file, product
from bench.report import Cell, Result, Table
from bench.run import POSTGRES, Run, say
from bench.store import Store

MB = 1_000_000
_PAUSE = 0.1
_LAST = 0.9


@dataclass(frozen=True, slots=True)
class Imported:
    """What one `callistics import` did; `late` is the seconds that the last tenth took."""

    records: int
    seconds: float
    late: float
    peak: int
    said: str


def measure(run: Run) -> Result:
    source = file(run)
    store = run.empty("loaded")
    (run.work / "population.json").unlink(missing_ok=True)
    run.at(POSTGRES).remove()
    say(f"importing {run.calls:,} calls")
    done = imported(store, source)
    say("maintenance")
    maintenance = kept_up(store)
    size = store.bytes()
    columns = storage.by_column(run.engine, store.path)
    rows: list[tuple[str, Cell]] = [
        ("calls", run.calls),
        ("records, late scores among them", done.records),
        ("seconds", done.seconds),
        ("records/s", done.records / done.seconds),
        ("records/s, last tenth", done.records * (1 - _LAST) / done.late),
        ("peak memory of the import, MB", done.peak / MB),
        ("maintenance afterwards, seconds", maintenance),
        ("on disk, MB", size / MB),
        ("bytes per call", size / run.calls),
        ("of the file imported, compressed", source.stat().st_size / run.calls),
    ]
    tables = [
        Table("`callistics import` of an NDJSON file into an empty store", ("", "figure"), rows),
        Table("Bytes on disk per call", ("", "bytes"), _groups(columns, size, run.calls)),
    ]
    notes = [
        "The clock runs from the start of the command to its end, when all is durable and the"
        " database closed. The last tenth is that of the file's bytes. Maintenance is the order of"
        " rows and the roll-ups, which a server does in the background and `callistics optimize` at"
        " once; it is done before bytes are counted.",
        storage.HOW[run.engine],
    ]
    details = {f"{table}.{column}": size for (table, column), size in columns.items()}
    return Result(tables, notes, {"said": done.said, "bytes": details})


def imported(store: Store, source: Path, build: Build = OWN) -> Imported:
    """Run `callistics import` of a file, watched from outside. Raises `RuntimeError`."""
    command = build.command("import", "--engine", store.dsn, str(source))
    started = time.perf_counter()
    with (store.folder / "import.log").open("w+", encoding="utf-8") as log:
        child = subprocess.Popen(
            command, env=environment_of(store, build), stdout=log, stderr=log, cwd=store.folder
        )
        late, peak = _watched(child.pid, source)
        child.wait()
        seconds = time.perf_counter() - started
        log.seek(0)
        said = log.read().strip()
    if child.returncode:
        raise RuntimeError(f"import: {said[-1000:]}")
    received = re.search(r"([\d,]+) received", said)
    records = int(received[1].replace(",", "")) if received else 0
    return Imported(records, seconds, seconds - (late - started), peak, said.splitlines()[-1])


def kept_up(store: Store, build: Build = OWN) -> float:
    """Do at once what a server does in the background; the seconds it takes."""
    started = time.perf_counter()
    product(store, build.maintenance, "--engine", store.dsn, build=build)
    return time.perf_counter() - started


def _watched(pid: int, source: Path) -> tuple[float, int]:
    """When the last tenth of the file was begun, by `perf_counter`, and the peak of memory."""
    late, peak = 0.0, 0
    size = source.stat().st_size
    shown = time.monotonic()
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        # What `wait4` tells begins with the peak of this process, which started the other.
        peak = max(peak, processes.peak(pid))
        share = processes.position(pid, source) / size
        if not late and share >= _LAST:
            late = time.perf_counter()
        if time.monotonic() - shown > 60:
            shown = time.monotonic()
            say(f"  {share:.0%}")
        time.sleep(_PAUSE)
    return late or time.perf_counter(), peak


def _groups(
    columns: Mapping[storage.Column, int], size: int, calls: int
) -> list[tuple[str, float]]:
    """Bytes per call: of calls and leads the payload's columns and all others, then the rest."""
    kinds = ("payload columns", "all other columns")
    found = {f"`{table}`: {kind}": 0 for table in ("calls", "leads") for kind in kinds}
    found["other tables"] = 0
    for (table, column), taken in columns.items():
        name = f"`{table}`: {kinds[not column.startswith('payload')]}"
        found[name if name in found else "other tables"] += taken
    found["metadata, indexes, free blocks"] = size - sum(found.values())
    found["all"] = size
    return [(name, taken / calls) for name, taken in found.items()]
