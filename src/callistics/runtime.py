"""How the threads of this process share the processor and the interpreter."""

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from importlib.abc import MetaPathFinder
from types import FrameType
from typing import NoReturn

from callistics.streams import mend_streams

# Of a core that one of each wants, the others get nine tenths.
_NICENESS = 10
# The writer comes back from the engine many times for one commit, and each time waits for a thread
# that is busy in Python to let it go on.
_SWITCH_SECONDS = 0.0005
# Records are many small objects that form no cycles: looking for these after every few hundred of
# them took a third of the time of storing.
_COLLECT_AFTER = (20_000, 20, 100)


def give_way() -> None:
    """Let threads that did not call this go first, above all the writer."""
    # Elsewhere a thread has no niceness of its own.
    if sys.platform != "linux":
        return
    # Where the process is confined the call may be forbidden; it works all the same.
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


@contextmanager
def signals_heard(
    numbers: Iterable[int], handler: Callable[[int, FrameType | None], object]
) -> Generator[None]:
    """Have a handler hear signals for as long as the context is open; only the main thread may."""
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def tune() -> None:
    """Set up the interpreter of this process."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.set_threshold(*_COLLECT_AFTER)


# Arrow loads it for the first list it is given: 45 MB, and half as long again as all else takes to
# start. Nothing here works with frames but the client, in its users' own processes.
FRAMES = "pandas"


class _LeftOut(MetaPathFinder):
    """Says of a package that it is not there, wherever it is."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> None:
        if fullname == self._name:
            raise ModuleNotFoundError(f"{fullname} is left out", name=fullname)


def leave_out(name: str) -> None:
    """Have this process not load a package, wherever it is installed."""
    sys.meta_path.insert(0, _LeftOut(name))


def run(command: Callable[[], object]) -> NoReturn:
    """Run a command of the command line in a process of its own, and end that."""
    mend_streams()
    tune()
    leave_out(FRAMES)
    try:
        command()
    except SystemExit as error:
        if isinstance(error.code, str):
            # The interpreter prints it.
            raise
        end(error.code or 0)
    end(0)


def end(status: int) -> NoReturn:
    """End this process, all threads of which have ended that must, without taking it apart.

    That would take a fifth as long as to load it, and some bindings complain at length of what
    the interpreter leaves. A status of 0 becomes 1 where what was printed cannot be written.
    """
    # A stream that was closed from the start is None.
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError as error:
        status = status or 1
        if sys.stderr and not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"what was printed could not be written: {error}\n")
    # There is no other way to call them.
    atexit._run_exitfuncs()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError):
            stream.flush()
    os._exit(status)
