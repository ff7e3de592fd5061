"""`kill -9` at random under mixed load, with maintenance, checkpoints and exports under way."""

import random
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue

import httpx

from drills.ledger import Ledger, Verdict
from drills.load import Sender, check, make_hook
from drills.report import Report
from drills.small_server import begin, hurried
from support.live import Live

_ROUNDS, _SHORT = 200, 3
_SENDERS, _MOST_ANSWERS = 3, 60
# Every so many rounds the server is killed while it starts, too.
_KILLED_STARTING = 4
_LONGEST_START = 1.5
_SEED = 20_261_128


def export(server: Live) -> None:
    """Read every call, as long as nobody kills the server."""
    headers = {"Accept": "application/x-ndjson"}
    server.client.post("/calls/search", json={}, headers=headers).raise_for_status()


OPERATIONS: Sequence[Callable[[Live], None]] = (export,)
"""What is under way in a thread of its own, again and again, when the server is killed."""


class _Rounds:
    """Rounds on one folder: each begins with a look at what the one before has left."""

    def __init__(self, place: Path) -> None:
        self._folder = place / "data"
        self._folder.mkdir()
        self._random = random.Random(_SEED)
        self._ledger = Ledger()
        self._hook = ""
        self.verdict = Verdict()
        self.answered: dict[int, int] = {}
        self.faults: list[str] = []
        self.kills = 0

    def round(self, number: int) -> None:
        if number % _KILLED_STARTING == _KILLED_STARTING - 1:
            self._kill_starting()
        with hurried(self._folder) as server:
            self.verdict.add(check(server, self._ledger))
            self._hook = self._hook or make_hook(server)
            self._kill_loaded(server, number)

    def _kill_starting(self) -> None:
        process = begin(self._folder)
        threading.Event().wait(self._random.uniform(0.1, _LONGEST_START))
        process.kill()
        process.communicate()
        self.kills += 1

    def _kill_loaded(self, server: Live, number: int) -> None:
        answers: SimpleQueue[None] = SimpleQueue()
        senders = [
            Sender(server, self._ledger, f"{number}-{one}", self._hook) for one in range(_SENDERS)
        ]
        works = [*((sender.send, answers) for sender in senders)]
        works += [((lambda act=act: act(server)), SimpleQueue[None]()) for act in OPERATIONS]
        threads = [threading.Thread(target=_repeat, args=work) for work in works]
        for thread in threads:
            thread.start()
        for _ in range(self._random.randint(1, _MOST_ANSWERS)):
            answers.get()
        server.process.kill()
        self.kills += 1
        for thread in threads:
            thread.join()
        for sender in senders:
            self._count(sender)

    def _count(self, sender: Sender) -> None:
        self.faults += sender.faults
        for status, count in sender.answered.items():
            self.answered[status] = self.answered.get(status, 0) + count

    def last_check(self) -> None:
        with hurried(self._folder) as server:
            self.verdict.add(check(server, self._ledger))


def _repeat(work: Callable[[], None], done: "SimpleQueue[None]") -> None:
    """Do something until the server is gone."""
    try:
        while True:
            work()
            done.put(None)
    except (httpx.HTTPError, RuntimeError):
        return


def drill(*, short: bool) -> Report:
    """200 rounds, or 3; after each everything stored is compared with what was sent."""
    with tempfile.TemporaryDirectory() as place:
        rounds = _Rounds(Path(place))
        for number in range(1, 1 + (_SHORT if short else _ROUNDS)):
            rounds.round(number)
        rounds.last_check()
    for fault in set(rounds.faults):
        print(fault)
    found = rounds.verdict
    headings = ("kills", "answered 200", "other", "lost", "double", "half", "wrong")
    answers = (rounds.answered.get(200, 0), len(rounds.faults))
    row = (rounds.kills, *answers, found.lost, found.double, found.half, found.wrong)
    return Report(headings, [row], found.is_clean and not rounds.faults)
