"""Starts servers as copies of a process that has imported all that they need."""

import ctypes
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from support.live import COMMAND, environment_of

_MOST = 1 << 16
# Modules that a start imports.
_IMPORTED = ("callistics.server.serving", "litestar.plugins.pydantic.dto")
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_RAISE = "import sys; from drills.nursery import raise_servers; raise_servers(int(sys.argv[1]))"


class Raised:
    """Implements `Process` for a copy, which is a child of another process."""

    def __init__(self, pid: int, stdout: IO[bytes]) -> None:
        self.pid, self.stdout = pid, stdout
        self._handle = os.pidfd_open(pid)
        self._code: int | None = None

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, sig)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def _ended(self, timeout: float | None) -> int | None:
        """0 once it is gone: only its parent knows its exit code."""
        if self._code is not None:
            return self._code
        # Unlike `select.select` it takes handles of any number.
        ended = select.poll()
        ended.register(self._handle, select.POLLIN)
        if ended.poll(None if timeout is None else timeout * 1000):
            os.close(self._handle)
            self._code = 0
        return self._code


class Nursery:
    """The process that is copied; `start` is a `Start` of `Live`.

    `environment` are variables that it has from its own start on.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        paths = [entry for entry in sys.path if entry]
        variables = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **(environment or {})}
        command = [sys.executable, "-c", _RAISE, str(there.fileno())]
        # A group of its own, as Ctrl-C is for the drill alone.
        self._process = subprocess.Popen(
            command, env=variables, pass_fds=[there.fileno()], start_new_session=True
        )
        self._one_at_a_time = threading.Lock()
        there.close()

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._here.close()
        self._process.wait()

    def start(
        self, folder: Path, settings: Mapping[str, str], before: str, log: IO[bytes] | None
    ) -> Raised:
        """Begin a server, which ends with the nursery at the latest."""
        reading, writing = os.pipe()
        wanted = {"variables": environment_of(folder, settings), "folder": str(folder)}
        message = json.dumps(wanted | {"code": before + COMMAND}).encode()
        error = sys.stderr.fileno() if log is None else log.fileno()
        with self._one_at_a_time:
            socket.send_fds(self._here, [message], [writing, error])
            os.close(writing)
            return Raised(int(self._here.recv(_MOST)), os.fdopen(reading, "rb"))


def raise_servers(wishes: int) -> None:
    """What the process does that is copied."""
    for name in _IMPORTED:
        importlib.import_module(name)
    # Whoever ends needs nobody to wait for it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=wishes) as asked:
        while True:
            message, files, _, _ = socket.recv_fds(asked, _MOST, 2)
            if not message:
                return
            pid = os.fork()
            if pid == 0:
                asked.close()
                _serve(json.loads(message), *files)
            for file in files:
                os.close(file)
            asked.send(str(pid).encode())


def _serve(wanted: Mapping[str, Any], output: int, error: int) -> None:
    ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for file, standard in ((output, 1), (error, 2)):
        os.dup2(file, standard)
        os.close(file)
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["variables"])
    exec(wanted["code"], {"__name__": "__main__"})
    sys.exit()
