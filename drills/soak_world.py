"""Who works with a server for hours, and what is to be stored in the end as the clients know it."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from support.live import ADMIN_KEY, Live

MERCHANTS = 40
_BODY = 20_000
_OUTCOMES = ("CONFIRMED", "NO_ANSWER", "BUSY", "CALLBACK", "VOICEMAIL")
_DAYS = 60
# Leads whose number ends so are erased, and their calls are not corrected.
_ERASED = 9
_TYPES = (
    "call_count",
    "call_duration",
    "calls_over_time",
    "conversion_funnel",
    "hourly_heatmap",
    "outcome_distribution",
    "retry_analysis",
    "status_distribution",
)


@dataclass(frozen=True)
class Size:
    """How much is stored before, and how long a window is (s)."""

    calls: int
    windows: int
    seconds: float


@dataclass
class Told:
    """What happened in one window: seconds of each query, requests that were taken, and errors."""

    queries: list[float] = field(default_factory=list[float])
    writes: list[float] = field(default_factory=list[float])
    counted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    errors: list[str] = field(default_factory=list[str])


class World:
    """A server, the clients of it, and the seconds of every call that is to be stored."""

    def __init__(self, server: Live, size: Size, backups: Path) -> None:
        self.server, self.size, self._backups = server, size, backups
        self._random = random.Random(size.calls)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._seconds: dict[int, int] = {}
        self._versions: dict[int, int] = {}
        self._next_erased = _ERASED
        self.told = Told()
        self._began = datetime.now(UTC)

    def load(self) -> None:
        """Store the calls that are there from the beginning."""
        for start in range(0, self.size.calls, _BODY):
            self._store(range(start, min(start + _BODY, self.size.calls)))
        self.told = Told()

    def turn(self) -> Told:
        """What happened since the turn before."""
        with self._lock:
            told, self.told = self.told, Told()
        return told

    @contextmanager
    def at_work(self) -> Generator[None]:
        """Everybody works; whoever meets an error tells it, and goes on."""
        works: Sequence[tuple[Callable[[httpx.Client], None], float]] = (
            (self._write, 0.25),
            (self._correct, 0.5),
            (self._erase, 1.0),
            (self._ask, 0.2),
            (self._look, 2.0),
            (self._export, min(60.0, self.size.seconds)),
            (self._back_up, self.size.seconds),
        )
        threads = [threading.Thread(target=self._repeat, args=one) for one in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _repeat(self, work: Callable[[httpx.Client], None], pause: float) -> None:
        headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
        due = time.monotonic()
        with httpx.Client(base_url=self.server.url, headers=headers, timeout=120) as client:
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                due = max(due + pause, time.monotonic() - pause)
                try:
                    work(client)
                except (httpx.HTTPError, RuntimeError) as error:
                    with self._lock:
                        self.told.errors.append(f"{work.__name__}: {error!r}"[:300])

    def _write(self, client: httpx.Client) -> None:
        first = self._size()
        self._store(range(first, first + 10), client)

    def _correct(self, client: httpx.Client) -> None:
        numbers = {self._random.randrange(self._size()) for _ in range(20)}
        self._store(sorted(n for n in numbers if n // 2 % 10 != _ERASED), client)

    def _erase(self, client: httpx.Client) -> None:
        lead = self._next_erased
        if 2 * lead + 2 > self._size():
            return
        self._took(client.delete(f"/leads/l{lead}", params={"merchant_id": _merchant(lead)}))
        with self._lock:
            for number in (2 * lead, 2 * lead + 1):
                self._seconds.pop(number, None)
            self.told.counted["erased"] += 1
        self._next_erased += 10

    def _ask(self, client: httpx.Client) -> None:
        filters = {"merchant_id": f"m{self._random.randrange(MERCHANTS)}"}
        body = {
            "query_type": self._random.choice(_TYPES),
            "filters": {**filters, "min_duration": self._random.randrange(30)},
            "timezone": "Asia/Kolkata",
        }
        self._timed(self.told.queries, lambda: client.post("/analytics", json=body))

    def _look(self, client: httpx.Client) -> None:
        filters = {"filters": {"date_range": "last_7_days"}}
        queries = [{"query_type": name, **filters} for name in _TYPES]
        batch = client.post("/analytics/batch", json={"queries": queries})
        self._took(batch)
        failed = [one for one in batch.json()["answers"] if "data" not in one]
        if failed:
            raise RuntimeError(str(failed[0]))
        self._took(client.post("/calls/search", json={**filters, "limit": 100}))

    def _export(self, client: httpx.Client) -> None:
        wanted = {"filters": {"merchant_id": "m0"}}
        headers = {"Accept": "application/x-ndjson"}
        self._took(client.post("/calls/search", json=wanted, headers=headers))

    def _back_up(self, _: httpx.Client) -> None:
        command = [sys.executable, "-m", "callistics.cli", "backup", "make", str(self._backups)]
        more = ["--keep", "3", "--url", self.server.url, "--key", ADMIN_KEY]
        done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        with self._lock:
            self.told.counted["backups"] += 1

    def _store(self, numbers: Sequence[int], client: httpx.Client | None = None) -> None:
        """Store calls; each time a call is sent it lasts longer."""
        with self._lock:
            for number in numbers:
                self._versions[number] = self._versions.get(number, -1) + 1
            calls = [self._call(number) for number in numbers]
        body = "\n".join(map(json.dumps, calls)).encode()
        headers = {"Content-Type": "application/x-ndjson"}
        sender = client or self.server.client
        self._timed(self.told.writes, lambda: sender.post("/calls", content=body, headers=headers))
        with self._lock:
            for number, call in zip(numbers, calls, strict=True):
                # Of two versions under way at once the later one counts, whichever arrives last.
                self._seconds[number] = max(self._seconds.get(number, 0), call["duration"])
            self.told.counted["calls"] += len(calls)

    def _call(self, number: int) -> dict[str, Any]:
        version, lead = self._versions[number], number // 2
        before = timedelta(minutes=(self.size.calls - number) * _DAYS * 1_440 / self.size.calls)
        begun = self._began - before if number < self.size.calls else datetime.now(UTC)
        return {
            "call_id": f"c{number}",
            "lead_id": f"l{lead}",
            "merchant_id": _merchant(lead),
            "reseller_id": "r",
            "started_at": begun.isoformat(),
            "duration": number % 600 + version,
            "outcome": _OUTCOMES[(number + version) % len(_OUTCOMES)],
            "updated_at": datetime.now(UTC).isoformat(),
            "payload": {"city": f"city {number % 50}", "text": "words " * (number % 40)},
        }

    def _size(self) -> int:
        with self._lock:
            return len(self._versions)

    def _timed(self, times: list[float], send: Callable[[], httpx.Response]) -> None:
        began = time.perf_counter()
        self._took(send())
        times.append(time.perf_counter() - began)

    def _took(self, answer: httpx.Response) -> None:
        if answer.status_code >= 300:
            raise RuntimeError(f"{answer.status_code} {answer.text[:200]}")

    def differences(self) -> list[str]:
        """What figures of the server are not those of the clients."""
        right: dict[str, tuple[int, int]] = {}
        for number, seconds in self._seconds.items():
            count, total = right.get(_merchant(number // 2), (0, 0))
            right[_merchant(number // 2)] = count + 1, total + seconds
        rows = self.server.rows("call_duration", group_by=["merchant_id"])
        found = {row["merchant_id"]: (row["count"], row["total"]) for row in rows}
        return [
            f"{name}: {found.get(name)} instead of {right.get(name)}"
            for name in sorted(right.keys() | found.keys())
            if found.get(name) != right.get(name)
        ]


def _merchant(lead: int) -> str:
    return f"m{lead % MERCHANTS}"
