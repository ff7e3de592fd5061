"""Answers to queries that were sent before, kept while no record changes.

A dashboard asks the same again and again. What an answer depends on is the query as it was
sent, the scope of who asks, and the version of the data: a commit of records makes all stale.
Where the query names a range from now on, the answer is kept while the name means the same.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from callistics.model.scope import Scope
from callistics.model.time_range import TimeRange

# What an entry takes besides its texts.
_ENTRY = 500


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer as it was sent, of which type, and the version of the data it is of.

    `range` is what the query's range was read as; `holds` are the instants (µs, half open)
    between which it is read so, None where it always is.
    """

    version: int | None
    query_type: str
    answer: bytes
    range: TimeRange
    holds: tuple[int, int] | None = None

    def is_of(self, version: int, now: int) -> bool:
        """Whether it is what would be answered now."""
        since, until = self.holds or (now, now + 1)
        return self.version == version and since <= now < until


class AnswerCache:
    """The most recently asked answers, up to a number of bytes. Safe to use from many threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._kept: OrderedDict[tuple[bytes, Scope], CachedAnswer] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, body: bytes, scope: Scope, version: int | None, now: int) -> CachedAnswer | None:
        """The answer to a body within a scope, if it is of the current version and of now."""
        if version is None:
            return None
        with self._lock:
            found = self._kept.get((body, scope))
            if found is None or not found.is_of(version, now):
                return None
            self._kept.move_to_end((body, scope))
            return found

    def keep(self, body: bytes, scope: Scope, kept: CachedAnswer) -> None:
        """Keep an answer; those not asked for longest make room for it."""
        size = _size(body, kept)
        if kept.version is None or size > self._capacity // 8:
            return
        with self._lock:
            before = self._kept.pop((body, scope), None)
            if before is not None:
                self._size -= _size(body, before)
            self._kept[body, scope] = kept
            self._size += size
            while self._size > self._capacity:
                (old, _), gone = self._kept.popitem(last=False)
                self._size -= _size(old, gone)


def _size(body: bytes, kept: CachedAnswer) -> int:
    return len(body) + len(kept.answer) + _ENTRY
