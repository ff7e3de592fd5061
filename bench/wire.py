"""Many clients in one thread: what asks takes as little as possible of the cores it shares.

Each client has a connection of its own that is kept alive, sends its next question as soon as it
has the answer to the last, and reads no more of HTTP than the status and the length.
"""

import math
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.live import KEY


def _head(path: str, media_type: str) -> str:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {media_type}\r\n"
        f"Authorization: Bearer {KEY}\r\nContent-Length: "
    )


ANALYTICS = _head("/analytics", "application/json")
BATCHES = _head("/analytics/batch", "application/json")
CALLS = _head("/calls", "application/x-ndjson")
"""Where bodies are sent and what they are: the beginning of each request."""
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Budget:
    """When to stop: at `most` questions, or after `seconds` if `least` have been asked."""

    seconds: float
    least: int
    most: int = 1_000_000


@dataclass(slots=True)
class Asked:
    """What came of it: milliseconds in order of asking, nan where the answer was no 200.

    `seconds` is the whole time, `answers` the first bodies, `failures` what was said instead.
    """

    times: list[float] = field(default_factory=list[float])
    seconds: float = 0.0
    answers: dict[int, bytes] = field(default_factory=dict[int, bytes])
    failures: list[str] = field(default_factory=list[str])

    @property
    def good(self) -> list[float]:
        """The times of what was answered."""
        return [one for one in self.times if not math.isnan(one)]

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.good) / self.seconds


class _Line:
    """A connection, and the answer that is coming in on it."""

    def __init__(self, port: int, head: str) -> None:
        self._head = head
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.place = 0
        self.sent = 0.0
        self._received = bytearray()
        self._body = self._whole = -1

    def send(self, place: int, body: bytes) -> None:
        self.place, self._body, self._whole = place, -1, -1
        self._received.clear()
        self.sent = time.perf_counter()
        self.socket.sendall(f"{self._head}{len(body)}\r\n\r\n".encode() + body)

    def receive(self) -> tuple[bool, bytes] | None:
        """Whether the answer is a 200, and its body; None while it is not complete."""
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise ConnectionError("the server closed a connection")
        self._received += chunk
        if self._body < 0:
            self._measure()
        if self._body < 0 or len(self._received) < self._whole:
            return None
        good = self._received.startswith(b"HTTP/1.1 200")
        return good, bytes(self._received[self._body : self._whole])

    def _measure(self) -> None:
        end = self._received.find(b"\r\n\r\n")
        if end >= 0:
            self._body = end + 4
            length = self._received[:end].lower().partition(b"content-length:")[2]
            self._whole = self._body + int(length.partition(b"\r")[0])


def ask(
    port: int,
    questions: Iterator[bytes],
    clients: int,
    budget: Budget,
    keep: int = 0,
    head: str = ANALYTICS,
) -> Asked:
    """Ask the questions until the budget is spent; the first `keep` answers are kept."""
    asked = Asked()
    lines = [_Line(port, head) for _ in range(clients)]
    with selectors.DefaultSelector() as selector:
        started = time.perf_counter()
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            _next(line, questions, asked)
        waiting = len(lines)
        while waiting:
            for key, _ in selector.select():
                line: _Line = key.data
                found = line.receive()
                if found is None:
                    continue
                _note(asked, line, found, keep)
                if _spent(asked, budget, time.perf_counter() - started):
                    # The server closes connections that nothing comes over for long.
                    selector.unregister(line.socket)
                    waiting -= 1
                else:
                    _next(line, questions, asked)
        asked.seconds = time.perf_counter() - started
    for line in lines:
        line.socket.close()
    return asked


def _next(line: _Line, questions: Iterator[bytes], asked: Asked) -> None:
    line.send(len(asked.times), next(questions))
    asked.times.append(float("nan"))


def _note(asked: Asked, line: _Line, found: tuple[bool, bytes], keep: int) -> None:
    good, body = found
    if not good:
        asked.failures.append(body[:300].decode(errors="replace"))
        return
    asked.times[line.place] = (time.perf_counter() - line.sent) * 1000
    if line.place < keep:
        asked.answers[line.place] = body


def _spent(asked: Asked, budget: Budget, seconds: float) -> bool:
    if len(asked.times) >= budget.most:
        return True
    return seconds > budget.seconds and len(asked.times) >= budget.least
