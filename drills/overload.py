"""24 heavy clients beside one small tenant, 2,000 idle connections, slow senders, and bombs."""

import gzip
import http.client
import json
import socket
import statistics
import tempfile
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from drills import tenant
from drills.report import Report
from support import engines
from support.live import ADMIN_KEY, Live, live

_MOST_TIMES = 5.0
_MERCHANTS = 40
_WAIT = 60
_HEAD = (
    "POST /calls HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    f"Authorization: Bearer {ADMIN_KEY}\r\nContent-Length: %d\r\n\r\n"
)


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    calls: int
    heavy: int
    idle: int
    queries: int
    bombs: int


FULL = Size(calls=300_000, heavy=24, idle=2_000, queries=300, bombs=8)
SHORT = Size(calls=4_000, heavy=24, idle=600, queries=15, bombs=2)


def drill(*, short: bool) -> Report:
    """Load one server with each in turn, while one small tenant asks for its own few calls."""
    engines.current = "duckdb"
    size = SHORT if short else FULL
    with tempfile.TemporaryDirectory() as folder, live(Path(folder), **_SETTINGS) as server:
        return _report(Drill(server, size))


_SETTINGS = {"CALLISTICS_ANSWER_CACHE": "0", "CALLISTICS_REQUEST_MEMORY": str(64 << 20)}
Row = tuple[str, float, float, int, int]


def _report(drill: "Drill") -> Report:
    drill.load()
    alone = drill.asked()
    rows = [
        _row(name, alone, *drill.beside(load))
        for name, load in (
            (f"{drill.size.heavy} clients with heavy queries", drill.heavy),
            (f"{drill.size.idle:,} idle connections", drill.idle),
            ("32 bodies sent slowly, 32 cut off", drill.slow),
            (f"{drill.size.bombs} clients with bombs of compressed bodies", drill.bombs),
        )
    ]
    passed = all(times <= _MOST_TIMES and not unserved for _, _, times, unserved, _ in rows)
    headings = ("beside", "small tenant, p99 (ms)", "times alone", "unserved", "memory (MB)")
    shown = [(name, f"{p99:.1f}", f"{times:.1f}", bad, mb) for name, p99, times, bad, mb in rows]
    first = ("nothing", f"{_p99(alone):.1f}", "1.0", 0, "")
    return Report(headings, [first, *shown], passed)


def _row(name: str, alone: Sequence[float], times: Sequence[float], bad: int, memory: int) -> Row:
    return name, _p99(times), _p99(times) / _p99(alone), bad, memory


def _p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[98] * 1_000


class Drill:
    """A server, the clients that load it, and the small tenant that asks beside them."""

    def __init__(self, server: Live, size: Size) -> None:
        self.server, self.size = server, size
        host, _, port = server.url.removeprefix("http://").partition(":")
        self._at = host, int(port)
        self._stop = threading.Event()

    def load(self) -> None:
        """Store the calls: those of the small tenant are one in a thousand."""
        for start in range(0, self.size.calls, 20_000):
            calls = [_call(n) for n in range(start, min(start + 20_000, self.size.calls))]
            body = "\n".join(map(json.dumps, calls)).encode()
            headers = {"Content-Type": "application/x-ndjson"}
            self.server.client.post("/calls", content=body, headers=headers).raise_for_status()
        scope = {"merchant_ids": ["small"]}
        wanted = {"name": "small", "permissions": ["query"], "scope": scope}
        self._key = self.server.client.post("/keys", json=wanted).json()["key"]
        self.asked()

    def asked(self) -> list[float]:
        """Seconds of each query of the small tenant, which asks one after the other."""
        return tenant.asked(self.server.url, self._key, self.size.queries, _WAIT)

    def beside(
        self, load: Callable[[ExitStack], Sequence["Client"]]
    ) -> tuple[list[float], int, int]:
        """The times beside a load, how many of its clients were never served, and memory (MB)."""
        self._stop.clear()
        with ExitStack() as stack:
            clients = load(stack)
            for client in clients:
                stack.enter_context(_running(client))
            for client in clients:
                client.begun.wait(_WAIT)
            times = self.asked()
            memory = _memory(self.server.process.pid)
            unserved = sum(not client.served.wait(_WAIT) for client in clients)
            self._stop.set()
        return times, unserved, memory

    def heavy(self, _: ExitStack) -> Sequence["Client"]:
        """Clients of other keys that ask for all of everybody's calls, again and again."""
        return [Client(self, n, self._ask_heavy) for n in range(self.size.heavy)]

    def _ask_heavy(self, number: int) -> bool:
        conditions = {f"key{n}": {"ne": "x", "exists": False} for n in range(4)}
        body = {
            "query_type": "call_duration",
            "filters": {"payload_filters": conditions, "min_duration": number % 7},
            "group_by": ["payload.text", "weekday"],
        }
        return self._post("/analytics", json.dumps(body).encode(), {}) in (200, 503)

    def idle(self, stack: ExitStack) -> Sequence["Client"]:
        """Connections that ask nothing, and one client that comes new each time."""
        for _ in range(self.size.idle):
            stack.enter_context(socket.create_connection(self._at))
        return [Client(self, 0, lambda _: self._post("/calls/search", b"{}", {}) == 200)]

    def slow(self, stack: ExitStack) -> Sequence["Client"]:
        """Bodies that end after their beginning, and such that are cut off."""
        size = 8 << 20
        for number in range(64):
            one = stack.enter_context(socket.create_connection(self._at))
            one.settimeout(1)
            try:
                one.sendall((_HEAD % size).encode() + b" " * (1 << 20))
            except OSError:
                # Refused: the bodies under way are enough.
                continue
            if number % 2:
                one.close()
        return [Client(self, 0, lambda _: self._post("/calls/search", b"{}", {}) == 200)]

    def bombs(self, _: ExitStack) -> Sequence["Client"]:
        """Bodies that are small and unpack to more than a body may have."""
        bomb = gzip.compress(bytes(80 << 20), 1)
        headers = {"Content-Encoding": "gzip"}
        return [
            Client(self, n, lambda _: self._post("/calls", bomb, headers) in (413, 503))
            for n in range(self.size.bombs)
        ]

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        """The status of an answer to a client that comes new."""
        sent = {"Authorization": f"Bearer {ADMIN_KEY}", "Content-Type": "application/json"}
        sent |= headers | {"Connection": "close", "Content-Length": str(len(body))}
        connection = http.client.HTTPConnection(*self._at, timeout=_WAIT)
        with closing(connection):
            connection.request("POST", path, body, sent)
            answer = connection.getresponse()
            answer.read()
        return answer.status

    @property
    def stopped(self) -> bool:
        """Whether the load is to end."""
        return self._stop.is_set()


class Client:
    """Asks again and again until the load ends; `served` once it was answered as it must be."""

    def __init__(self, drill: Drill, number: int, ask: Callable[[int], bool]) -> None:
        self._drill, self._number, self._ask = drill, number, ask
        self.begun, self.served = threading.Event(), threading.Event()

    def run(self) -> None:
        """What its thread does."""
        while not self._drill.stopped:
            self.begun.set()
            if self._ask(self._number):
                self.served.set()


@contextmanager
def _running(client: Client) -> Generator[None]:
    thread = threading.Thread(target=client.run)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _call(number: int) -> dict[str, object]:
    merchant = "small" if number % 1_000 == 0 else f"m{number % _MERCHANTS}"
    return {
        "call_id": f"c{number}",
        "merchant_id": merchant,
        "reseller_id": "r",
        "started_at": f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 24:02}:00:00Z",
        "duration": number % 600,
        "payload": {"text": "ab" * (number % 50), "n": number % 1_000},
    }


def _memory(pid: int) -> int:
    """The resident set of a process, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    (line,) = (one for one in lines if one.startswith("VmRSS"))
    return int(line.split()[1]) // 1_024
