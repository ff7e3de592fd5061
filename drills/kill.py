"""`kill -9` at random under mixed load, with everything under way that a server ever does."""

import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

import click
import httpx

from callistics.backups.manifest import BackupError
from drills.asking import Asker, read_everything
from drills.kept_backups import Backups
from drills.ledger import Ledger, Verdict
from drills.load import Sender, check, make_hook, waiting
from drills.nursery import Nursery
from drills.old_schema import SETTINGS, make_old
from drills.report import Report
from drills.small_server import begin, hurried
from drills.tally import Tally
from support.live import Live

_ROUNDS, _SHORT = 200, 3
# Rounds on one folder, so that a look at all that is stored stays short; folders at a time.
_EACH, _LANES = 20, 2
_SENDERS, _MOST_ANSWERS = 3, 60
_LONGEST_WAIT = 60.0
# Every so many rounds the server is killed while it starts, too.
_KILLED_STARTING = 4
_KILLED_FORWARD = 2
_PROGRESS = 10
_SEED = 20_261_128
_GONE = (httpx.HTTPError, RuntimeError, click.ClickException, BackupError)


@dataclass
class _Sum:
    """What came of all rounds so far."""

    rounds: int = 0
    starting: int = 0
    forward: int = 0
    mapped_later: int = 0
    restored: int = 0
    tally: Tally = field(default_factory=Tally)
    verdict: Verdict = field(default_factory=Verdict)
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, tally: Tally, later: int) -> None:
        """Another round is over."""
        with self.lock:
            self.rounds += 1
            self.mapped_later += later
            self.tally.add(tally)
            if self.rounds % _PROGRESS == 0:
                told = zip(_HEADINGS, self.row, strict=True)
                text = ", ".join(f"{name} {number}" for name, number in told)
                print(text, file=sys.stderr, flush=True)

    def judge(self, verdict: Verdict) -> None:
        with self.lock:
            self.verdict.add(verdict)

    @property
    def row(self) -> Sequence[int]:
        done, found = self.tally.done, self.verdict
        return (
            self.rounds,
            self.starting,
            self.forward,
            self.tally.answered[200],
            *(done[one] for one in ("queries", "exports", "erased", "backups")),
            self.mapped_later,
            self.restored,
            len(self.tally.faults),
            *(found.lost, found.double, found.half, found.wrong),
        )


_HEADINGS = (
    *("rounds", "killed starting", "migrating", "answered 200", "queries", "exports", "erased"),
    *("backups", "mapped later", "restored", "other", "lost", "double", "half", "wrong"),
)


class _Folder:
    """Rounds on one folder: each begins with a look at what the one before has left."""

    def __init__(self, place: Path, number: int, nursery: Nursery, found: _Sum) -> None:
        self._place, self._folder = place, place / "data"
        self._folder.mkdir()
        self._number, self._nursery, self._sum = number, nursery, found
        self._random = random.Random(_SEED + number)
        self._ledger, self._hook = Ledger(), ""
        self._backups = Backups(place / "backups")
        # Seconds that the last start took.
        self._start = 0.5

    def drill(self, rounds: int) -> None:
        """Bring an old database forward, do the rounds, and restore the newest backup."""
        make_old(self._folder)
        for _ in range(_KILLED_FORWARD):
            self._kill_starting()
        self._sum.forward += _KILLED_FORWARD
        for number in range(1, rounds + 1):
            if self._sum.stop.is_set():
                break
            self._round(number)
        with hurried(self._folder, SETTINGS, start=self._nursery.start) as server:
            self._sum.judge(check(server, self._ledger))
        self._restore()

    def _round(self, number: int) -> None:
        if number % _KILLED_STARTING == _KILLED_STARTING - 1:
            self._kill_starting()
            self._sum.starting += 1
        tally = Tally()
        tally.faults += self._backups.damaged()
        before = time.monotonic()
        with hurried(self._folder, SETTINGS, start=self._nursery.start) as server:
            self._start = time.monotonic() - before
            later = waiting(server)
            self._sum.judge(check(server, self._ledger))
            self._hook = self._hook or make_hook(server)
            self._kill_loaded(server, number, tally)
        self._sum.add(tally, later)

    def _kill_starting(self) -> None:
        process = begin(self._folder, self._nursery)
        threading.Event().wait(self._random.uniform(0, self._start))
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def _kill_loaded(self, server: Live, number: int, tally: Tally) -> None:
        answers: SimpleQueue[None] = SimpleQueue()
        works = self._works(server, number, tally)
        with ThreadPoolExecutor(len(works)) as pool:
            ends = [pool.submit(_repeat, work, tally, answers.put) for work in works]
            try:
                for _ in range(self._random.randint(1, _MOST_ANSWERS)):
                    answers.get(timeout=_LONGEST_WAIT)
            except Empty:
                tally.fault(f"nothing was answered in {_LONGEST_WAIT:g} seconds")
            tally.ended.set()
            server.process.kill()
        for end in ends:
            end.result()

    def _works(self, server: Live, number: int, tally: Tally) -> Sequence[Callable[[], None]]:
        """What is under way in a thread of its own, again and again, when the server is killed."""

        def sender(name: str) -> Sender:
            name = f"{self._number}-{number}-{name}"
            return Sender(server, self._ledger, name, self._hook, tally)

        return (
            *(sender(str(one)).send for one in range(_SENDERS)),
            sender("hooks").send_hooks,
            sender("erased").erase,
            Asker(server, tally, self._random.randrange(100)).ask,
            lambda: read_everything(server, tally),
            lambda: self._backups.make(server, self._ledger, tally),
        )

    def _restore(self) -> None:
        folder = self._place / "restored"
        folder.mkdir()
        ledger = self._backups.restore(folder, self._ledger)
        if ledger is None:
            return
        with hurried(folder, SETTINGS, start=self._nursery.start) as server:
            self._sum.judge(check(server, ledger))
        self._sum.restored += 1


def _repeat(work: Callable[[], None], tally: Tally, done: Callable[[None], None]) -> None:
    """Do something until the server is gone."""
    try:
        while not tally.ended.is_set():
            work()
            done(None)
    except _GONE as error:
        if not tally.ended.is_set():
            tally.fault(f"{type(error).__name__}: {error}")


def drill(*, short: bool) -> Report:
    """200 rounds, or 3; after each everything stored is compared with what was sent."""
    found = _Sum()
    sizes = [_SHORT] if short else [_EACH] * (_ROUNDS // _EACH)
    with Nursery() as nursery, ThreadPoolExecutor(_LANES) as pool:
        ends = [pool.submit(_drill_folder, *one, nursery, found) for one in enumerate(sizes)]
        try:
            for end in ends:
                end.result()
        except KeyboardInterrupt:
            found.stop.set()
    for text in {*found.tally.faults, *found.verdict.named}:
        print(text)
    passed = found.verdict.is_clean and not found.tally.faults
    return Report(_HEADINGS, [found.row], passed)


def _drill_folder(number: int, rounds: int, nursery: Nursery, found: _Sum) -> None:
    if not found.stop.is_set():
        with tempfile.TemporaryDirectory() as place:
            _Folder(Path(place), number, nursery, found).drill(rounds)
