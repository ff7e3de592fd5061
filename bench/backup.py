"""Single writes beside a backup: how long they wait because of it, and what the server holds."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from bench.builds import OWN
from bench.live import KEY, Client, Live, serving
from bench.report import Result, Table, percentile
from bench.run import Run, say

WRITES = 10
"""In a second, each a request with one new call."""
SENDERS = 4
MARK = 250
"""Milliseconds that writes may wait more because of a backup (p99)."""


@dataclass(slots=True)
class Written:
    """Milliseconds from when each write was due to its acknowledgement; of the whole, seconds."""

    times: list[float] = field(default_factory=list[float])
    seconds: float = 0.0


def measure(run: Run) -> Result:
    with run.store.copied("backup") as store, serving(store) as server:
        place = store.folder / "backups"
        say(f"{WRITES} writes a second alone, {run.seconds} s")
        before = server.peak()
        alone = _written(server, 0, lambda: time.sleep(run.seconds))
        say("beside a backup")
        first = _written(server, 1, lambda: _back_up(server, place))
        say("beside a second one")
        second = _written(server, 2, lambda: _back_up(server, place))
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        peak = server.peak()
    ways = {"alone": alone, "beside a first backup": first, "beside the next one": second}
    rows = [
        (name, one.seconds, len(one.times), *(percentile(one.times, of) for of in (50, 99, 100)))
        for name, one in ways.items()
    ]
    columns = ("", "seconds", "writes", "p50 ms", "p99 ms", "max ms")
    notes = [
        f"The mark: writes wait {MARK} ms more at p99 at most. Both backups take"
        f" {size / 1_000_000:,.0f} MB together; the server's peak memory rose from"
        f" {before / 1_000_000:,.0f} to {peak / 1_000_000:,.0f} MB."
    ]
    return Result([Table(f"{WRITES} writes of one call a second", columns, rows)], notes)


def _back_up(server: Live, place: Path) -> None:
    """Run the command as its users do."""
    url = f"http://127.0.0.1:{server.port}"
    command = [OWN.python, "-m", "callistics.cli", "backup", str(place), "--url", url]
    environment = {**os.environ, **OWN.variables, "CALLISTICS_KEY": KEY}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def _written(server: Live, turn: int, work: Callable[[], None]) -> Written:
    """Writes for as long as some work takes."""
    done, ended = Written(), Event()
    started = time.perf_counter()

    def send(sender: int) -> None:
        client = Client(server.port)
        number = sender
        while not ended.is_set():
            due = started + number / WRITES
            time.sleep(max(due - time.perf_counter(), 0))
            client.store(_call(turn, number))
            done.times.append((time.perf_counter() - due) * 1000)
            number += SENDERS
        client.close()

    with ThreadPoolExecutor(SENDERS) as pool:
        sending = [pool.submit(send, sender) for sender in range(SENDERS)]
        try:
            work()
        finally:
            ended.set()
            done.seconds = time.perf_counter() - started
        for one in sending:
            one.result()
    return done


def _call(turn: int, number: int) -> bytes:
    call = {
        "call_id": f"new-{turn}-{number}",
        "merchant_id": "m",
        "reseller_id": "r",
        "started_at": "2026-11-01T09:00:00Z",
        "duration": 42,
    }
    return json.dumps(call).encode() + b"\n"
