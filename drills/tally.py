"""What came back to those who ask a server, and what must never be answered."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field

import httpx


@dataclass
class Tally:
    """One for all who ask a server. `answered` counts statuses; `ended` is set as it is killed."""

    answered: Counter[int] = field(default_factory=Counter[int])
    done: Counter[str] = field(default_factory=Counter[str])
    faults: list[str] = field(default_factory=list[str])
    ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def took(
        self, answer: httpx.Response, wanted: int = 200, refused: tuple[int, ...] = (503,)
    ) -> bool:
        """Whether it is as wanted; anything but that or a refusal with a sentence is a fault."""
        status = answer.status_code
        with self._lock:
            self.answered[status] += 1
        if status != wanted and not (status in refused and _explains(answer)):
            self.fault(f"{status} instead of {wanted}: {answer.text[:300]}")
        return status == wanted

    def count(self, what: str) -> None:
        """Something of a kind was done."""
        with self._lock:
            self.done[what] += 1

    def fault(self, text: str) -> None:
        """Something is as it must not be."""
        self.faults.append(text)

    def add(self, other: "Tally") -> None:
        self.answered += other.answered
        self.done += other.done
        self.faults += other.faults


def _explains(answer: httpx.Response) -> bool:
    try:
        told = bool(json.loads(answer.text).get("detail"))
    except ValueError:
        return False
    return told and (answer.status_code != 503 or "retry-after" in answer.headers)
