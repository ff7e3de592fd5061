"""Bodies of webhooks, and what keeps and settles them in the place of an engine."""

from collections.abc import Sequence
from threading import Semaphore

from callistics.errors import Unavailable
from callistics.model.webhooks import KeptBody
from callistics.webhooks.worker import Worker
from support.gate import SECONDS


def body(number: int, size: int = 2) -> KeptBody:
    return KeptBody(f"b{number}", "e", number, "application/json", b" " * size)


class Keeping:
    """Keeps bodies once it may, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.begun, self.may = Semaphore(0), Semaphore(0)
        self.together: list[list[str]] = []
        self.errors: list[Exception] = []
        self.refused = ""

    def keep(self, bodies: Sequence[KeptBody]) -> None:
        self.together.append([one.id for one in bodies])
        self.begun.release()
        assert self.may.acquire(timeout=SECONDS)
        if self.errors:
            raise self.errors.pop()
        if self.refused in self.together[-1]:
            raise ValueError(self.refused)

    def wait(self) -> None:
        assert self.begun.acquire(timeout=SECONDS)

    def let(self, number: int = 1) -> None:
        self.may.release(number)


class Stored:
    """What is durable and not settled yet; settling fails as often as it is told to."""

    def __init__(self, *there: KeptBody) -> None:
        self.there = {one.id: one for one in there}
        self.rounds: list[list[str]] = []
        self.failing = 0

    def settle(self, bodies: Sequence[KeptBody]) -> None:
        if self.failing:
            self.failing -= 1
            raise Unavailable("told to fail")
        self.rounds.append([one.id for one in bodies])
        for one in bodies:
            self.there.pop(one.id, None)

    def waiting(self) -> list[KeptBody]:
        return list(self.there.values())[:2]

    def add(self, found: Worker, *bodies: KeptBody) -> None:
        self.there |= {one.id: one for one in bodies}
        found.add(bodies)
