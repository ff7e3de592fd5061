"""A fault at every file operation of the engine in turn: no space, an I/O error, a short write."""

import mmap
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from drills.asking import Asker
from drills.ledger import Ledger, Verdict
from drills.load import Sender, check, make_hook
from drills.nursery import Nursery
from drills.old_schema import SETTINGS, make_old
from drills.report import Report
from drills.small_server import hurried
from drills.tally import Tally
from support.gate import until
from support.live import Live

Fault = tuple[int, int, int]
"""Of which operation, of which kind, and for how many of them."""
KINDS = {1: "no space", 2: "I/O error", 3: "short write, then no space"}
# A fault of one operation, of a few, and one that stays until it is mended.
_LENGTHS = (1, 3, 1 << 40)
_REQUESTS = 16
# So many folders are under way at a time, with so many rounds each.
_LANES, _EACH = 2, 30
_NUMBERS = struct.Struct("5q")
# In the short form: operations of a round, kinds and lengths that differ in what they lead to.
_SAMPLE: Sequence[Fault] = ((3, 1, 1 << 40), (17, 2, 3), (40, 3, 1 << 40))


class Faults:
    """The library that fails operations below a folder, and what it is told."""

    def __init__(self, place: Path, folder: Path) -> None:
        source, library = Path(__file__).with_name("faults.c"), place / "faults.so"
        command = ["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(source), "-ldl"]
        subprocess.run(command, check=True)
        control = place / "control"
        control.write_bytes(bytes(_NUMBERS.size))
        with control.open("r+b") as file:
            self._control = mmap.mmap(file.fileno(), _NUMBERS.size)
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAULTS_FOLDER": str(folder),
            "FAULTS_CONTROL": str(control),
        }

    def arm(self, first: int, kind: int, length: int) -> None:
        """Fail so many operations from the n-th from now on; 0 counts only."""
        self._control[:] = _NUMBERS.pack(0, first, first + length - 1, kind, 0)

    def disarm(self) -> tuple[int, int]:
        """Fail nothing any more; how many operations there were, and how many failed."""
        count, _, _, _, failed = _NUMBERS.unpack(self._control[:])
        self._control[:] = bytes(_NUMBERS.size)
        return count, failed


@dataclass
class _Sum:
    """What came of the rounds with one kind of fault."""

    rounds: int = 0
    failed: int = 0
    tally: Tally = field(default_factory=Tally)
    verdict: Verdict = field(default_factory=Verdict)

    def add(self, failed: int, tally: Tally, verdicts: Sequence[Verdict]) -> None:
        self.rounds += 1
        self.failed += failed
        self.tally.add(tally)
        for verdict in verdicts:
            self.verdict.add(verdict)

    @property
    def passed(self) -> bool:
        return self.verdict.is_clean and not self.tally.faults


class _Rounds:
    """Rounds on one folder: after each the server has recovered, was killed and is opened again."""

    def __init__(self, place: Path) -> None:
        self._folder = place / "data"
        self._folder.mkdir()
        make_old(self._folder)
        self.faults = Faults(place, self._folder)
        self._nursery = Nursery(self.faults.environment)
        self._ledger = Ledger()
        self._number = 0
        self._hook = ""

    @contextmanager
    def server(self) -> Generator[Live]:
        self.faults.disarm()
        with hurried(self._folder, SETTINGS, start=self._nursery.start) as server:
            self._hook = self._hook or make_hook(server)
            yield server

    def close(self) -> None:
        """End the process that servers are copied from."""
        self._nursery.__exit__(None, None, None)

    def round(self, first: int, kind: int, length: int) -> tuple[int, int, Tally, list[Verdict]]:
        """Load with a fault; operations, failed ones, what was answered, and what was found."""
        self._number += 1
        tally = Tally()
        with self.server() as server:
            verdicts = [check(server, self._ledger)]
            sender = Sender(server, self._ledger, f"n{self._number}", self._hook, tally)
            asker = Asker(server, tally)
            self.faults.arm(first, kind, length)
            with ThreadPoolExecutor(1) as beside:
                asked = beside.submit(_ask, asker, tally)
                try:
                    for _ in range(_REQUESTS):
                        sender.send()
                finally:
                    tally.ended.set()
            asked.result()
            count, failed = self.faults.disarm()
            _wait(server)
            verdicts.append(check(server, self._ledger))
            for _ in range(3):
                sender.send()
        return count, failed, tally, verdicts

    def last_check(self) -> Verdict:
        with self.server() as server:
            return check(server, self._ledger)


def _wait(server: Live) -> None:
    """Wait until a server is ready again. Raises `RuntimeError` with what it says, if it is not."""
    try:
        until(lambda: server.client.get("/health/ready").status_code == 200)
    except AssertionError:
        said = server.client.get("/health/ready").text
        raise RuntimeError(f"the server does not get ready again: {said}") from None


def _ask(asker: Asker, tally: Tally) -> None:
    """Ask beside the requests, once at least."""
    asker.ask()
    while not tally.ended.is_set():
        asker.ask()


def drill(*, short: bool) -> Report:
    """Every operation of a load with each kind of fault, of one length after another; or a few."""
    found = _Found()
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(_LANES) as pool:
        parts = [_SAMPLE] if short else _parts(_operations(Path(place) / "counted"))
        folders = (Path(place) / str(number) for number in range(len(parts)))
        for _ in pool.map(found.drill, folders, parts):
            pass
    for fault in {fault for one in found.sums.values() for fault in one.tally.faults}:
        print(fault)
    return _report(found.sums)


def _operations(place: Path) -> int:
    """How many operations a load has."""
    place.mkdir()
    with closing(_Rounds(place)) as rounds:
        count, *_ = rounds.round(0, 1, 1)
    return count


def _parts(operations: int) -> Sequence[Sequence[Fault]]:
    """All rounds, in parts with a folder each: what it holds is looked through every time."""
    every = [
        (n, kind, _LENGTHS[(n + kind) % len(_LENGTHS)])
        for n in range(1, operations)
        for kind in KINDS
    ]
    return [every[begin : begin + _EACH] for begin in range(0, len(every), _EACH)]


class _Found:
    """What has come of the rounds so far, by the kind of fault."""

    def __init__(self) -> None:
        self.sums = {kind: _Sum() for kind in KINDS}
        self._lock = threading.Lock()

    def drill(self, place: Path, faults: Sequence[Fault]) -> None:
        """Do some rounds on a folder of their own."""
        place.mkdir()
        with closing(_Rounds(place)) as rounds:
            # The first one brings the folder forward, and knows of no operation yet.
            rounds.round(0, 1, 1)
            for first, kind, length in faults:
                _, failed, tally, verdicts = rounds.round(first, kind, length)
                with self._lock:
                    self.sums[kind].add(failed, tally, verdicts)
            last = rounds.last_check()
        with self._lock:
            self.sums[1].verdict.add(last)
            done = sum(one.rounds for one in self.sums.values())
            print(f"{done} rounds, the last on operation {faults[-1][0]}", file=sys.stderr)


def _report(sums: dict[int, _Sum]) -> Report:
    headings = ("fault", "rounds", "operations failed", "answered 200", "answered 503", "other")
    rows = [
        (
            KINDS[kind],
            one.rounds,
            one.failed,
            one.tally.answered.get(200, 0),
            one.tally.answered.get(503, 0),
            len(one.tally.faults),
            one.verdict.lost,
            one.verdict.double,
            one.verdict.half,
            one.verdict.wrong,
        )
        for kind, one in sums.items()
    ]
    verdict = ("lost", "double", "half", "wrong")
    return Report((*headings, *verdict), rows, all(one.passed for one in sums.values()))
