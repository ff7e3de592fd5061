"""How many connections there may be, and which of them give way.

The HTTP server closes none but where a request's head is late, and takes no more than a number of
them: idle ones would keep everybody else out. They are found among the files of this process.
"""

import os
import socket
import stat
import struct
import threading
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from litestar.types import ASGIApp, Receive, Scope, Send

from callistics.errors import Unavailable
from callistics.http.problems import closing_problem

SPARE = 256
"""Connections beyond the limit that are taken: to refuse their requests, until idle ones went."""
_PAUSE = 0.25
# The HTTP server closes one whose request is late by itself, at the same time.
_LENIENCE = 2.0
# So often in `idle_timeout` it is looked at what the client of an idle connection has taken.
_LOOKS = 8
_OPEN_FILES = Path("/proc/self/fd")
# Where Linux's `struct tcp_info` has packets that are under way, bytes that arrived, and bytes that
# are not sent yet.
_UNDER_WAY, _ARRIVED, _NOT_SENT, _INFO = 24, 120, 144, 148


@dataclass(frozen=True, slots=True)
class _Sent:
    """How many bytes of answers a client's system has taken, and whether more of them wait."""

    arrived: int
    waits: bool


@dataclass(slots=True)
class _Connection:
    """One that is open: its file, the client's port, and when it was seen to have something to do.

    `arrived` bytes of answers had arrived when that was `looked` at last.
    """

    file: int
    port: int
    since: float
    looked: float
    arrived: int = 0


class Connections:
    """Those to a port of this process: `limit` may be open, and one be idle for `idle` seconds."""

    def __init__(self, port: int, limit: int, idle: float) -> None:
        self._port, self._limit, self._idle = port, limit, idle
        self._open: dict[int, _Connection] = {}
        # By the client's port: requests under way, and when the last one ended.
        self._active: Counter[int] = Counter()
        self._last: dict[int, float] = {}
        self._under_way = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="connections", daemon=True)

    def counted(self, inner: ASGIApp) -> ASGIApp:
        """The application, which answers 503 while too many requests are under way."""

        async def handle(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await inner(scope, receive, send)
                return
            # ASGI has a number there, Granian 2.8 a text.
            port = int((scope["client"] or ("", 0))[1])
            self._active[port] += 1
            self._under_way += 1
            try:
                if self._under_way > self._limit:
                    error = Unavailable("too many requests are under way")
                    await closing_problem(error)(scope, receive, send)
                else:
                    await inner(scope, receive, send)
            finally:
                self._under_way -= 1
                self._last[port] = time.monotonic()
                self._active[port] -= 1

        return handle

    def start(self) -> None:
        """Look for idle ones from now on, where the system tells of open files."""
        if _OPEN_FILES.is_dir():
            self._thread.start()

    def stop(self) -> None:
        """Look for no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(_PAUSE):
            self.sweep(time.monotonic())

    def sweep(self, now: float) -> None:
        """Close those that are idle for too long, and the idlest where there are too many.

        The end of an answer waits here yet after the application has handed it over: a connection
        is not idle while its client takes more, and gives way to none while some of it waits.
        """
        self._look(now)
        idle = [one for one in self._open.items() if not self._active[one[1].port]]
        for inode, one in idle:
            if now - one.looked >= self._idle / _LOOKS:
                self._look_at(one, inode, now)
        idle.sort(key=lambda one: self._idle_since(one[1]))
        excess = len(self._open) - self._limit
        for inode, one in idle:
            if not (excess > 0 or self._is_late(one, now)):
                continue
            waits = self._look_at(one, inode, now)
            if self._is_late(one, now) or (excess > 0 and not waits):
                _shut(self._open.pop(inode).file, inode)
                excess -= 1

    def _idle_since(self, one: _Connection) -> float:
        return max(one.since, self._last.get(one.port, 0.0))

    def _is_late(self, one: _Connection, now: float) -> bool:
        return now - self._idle_since(one) > self._idle + _LENIENCE

    def _look_at(self, one: _Connection, inode: int, now: float) -> bool:
        """Note what the client has taken since the last look; whether more of an answer waits."""
        sent = _sent(one.file, inode)
        # What arrived before the last request ended tells nothing of the time since.
        if sent.arrived > one.arrived and one.looked > self._last.get(one.port, 0.0):
            one.since = now
        one.looked, one.arrived = now, sent.arrived
        return sent.waits

    def _look(self, now: float) -> None:
        """Note which are open; a file is known by the number of its socket."""
        found: dict[int, _Connection] = {}
        for file in _files():
            inode = _socket(file)
            if inode is None:
                continue
            known = self._open.get(inode)
            if known is None or known.file != file:
                port = self._client_port(file)
                known = None if port is None else _Connection(file, port, now, now)
            if known is not None:
                found[inode] = known
        ports = {one.port for one in found.values()}
        for port in [port for port in self._last if port not in ports]:
            if not self._active[port]:
                self._last.pop(port, None)
                self._active.pop(port, None)
        self._open = found

    def _client_port(self, file: int) -> int | None:
        """The client's port where the file is a connection to the server's, else None."""
        try:
            with _copy(file) as one:
                if one.family not in {socket.AF_INET, socket.AF_INET6}:
                    return None
                return one.getpeername()[1] if one.getsockname()[1] == self._port else None
        except OSError:
            return None


def _files() -> Iterator[int]:
    return (int(one.name) for one in _OPEN_FILES.iterdir())


def _socket(file: int) -> int | None:
    """Which socket a file is, whatever its number; None where it is none, or open no more."""
    try:
        found = os.fstat(file)
    except OSError:
        return None
    return found.st_ino if stat.S_ISSOCK(found.st_mode) else None


def _sent(file: int, inode: int) -> _Sent:
    """What a client has taken of answers; nothing where nobody knows, or the file is another."""
    info = b""
    with suppress(OSError), _copy(file) as one:
        if _socket(one.fileno()) == inode:
            info = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO)
    # Older systems tell less.
    info = info.ljust(_INFO, b"\0")
    (arrived,) = struct.unpack_from("=Q", info, _ARRIVED)
    waits = any(struct.unpack_from("=I", info, at) != (0,) for at in (_UNDER_WAY, _NOT_SENT))
    return _Sent(arrived, waits)


def _shut(file: int, inode: int) -> None:
    """Close a connection, unless its number is another's by now."""
    with suppress(OSError), _copy(file) as one:
        if _socket(one.fileno()) == inode:
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def _copy(file: int) -> Generator[socket.socket]:
    """A socket by a number of our own, which means the same as long as the context is open."""
    number = os.dup(file)
    try:
        one = socket.socket(fileno=number)
    except OSError:
        os.close(number)
        raise
    with one:
        yield one


def allow_files(number: int) -> None:
    """Let this process have so many files open, as far as the system allows."""
    import resource  # noqa: PLC0415 - there is none on some systems

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
