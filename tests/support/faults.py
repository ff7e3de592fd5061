"""What can go wrong on the way to ClickHouse, and the list of what is to go wrong next."""

import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """What the test server does with a request instead of answering it."""

    NONE = "none"
    """Nothing at all."""
    CUT_BODY = "cut_body"
    """Hang up half way through the body of an insert; nothing is executed."""
    CUT_EXECUTED = "cut_executed"
    """Execute, then hang up without a word."""
    CUT_ANSWER = "cut_answer"
    """Execute, then hang up half way through the answer."""
    UNAVAILABLE = "unavailable"
    """Answer 503, or with the status of the given code, as a proxy does."""
    STALL = "stall"
    """Neither execute nor answer."""
    STALL_ANSWER = "stall_answer"
    """Execute, then stop half way through the answer."""
    LATE = "late"
    """Hang up, and execute only when released."""
    EMPTY = "empty"
    """Execute, and answer with all headers but no body."""
    NOTHING = "nothing"
    """Execute, and answer 200 with no body and no header of ClickHouse."""
    MIDWAY = "midway"
    """Answer 200, and after half of the data with an exception of the given code."""
    ERROR = "error"
    """Answer with an exception of the given code."""


@dataclass
class Order:
    """A fault of the next `count` requests whose statement matches, after `skip` that go well."""

    kind: Fault
    matching: str = ""
    skip: int = 0
    count: int = 1
    code: int = 0


@dataclass
class Orders:
    """The faults still to come. `released` lets go of requests that are held."""

    waiting: list[Order] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    released: threading.Event = field(default_factory=threading.Event)
    held: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def holding(self) -> Generator[None]:
        """Count a request as held, from now until it has been executed."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self.changed:
            self.held += more
            self.changed.notify_all()

    def settle(self) -> None:
        """Wait until nothing is held any more."""
        with self.changed:
            self.changed.wait_for(lambda: not self.held)

    def next(self, sql: bytes) -> Order | None:
        """The fault of a statement."""
        text = sql[:2_000].decode(errors="replace")
        with self.lock:
            self.seen.append(text)
            for order in self.waiting:
                if order.count and re.search(order.matching, text, re.IGNORECASE):
                    if order.skip:
                        order.skip -= 1
                        continue
                    order.count -= 1
                    return order
        return None

    def change(self, wanted: dict[str, Any]) -> None:
        """Take one more order, or with `reset` forget all; with `release` let go."""
        with self.lock:
            if "kind" in wanted:
                self.released = threading.Event()
                self.waiting.append(Order(Fault(wanted.pop("kind")), **wanted))
                return
            self.released.set()
            if "reset" in wanted:
                self.waiting.clear()
                self.seen.clear()
