"""Whose work is next: that of the key that was served least, with a lane for what is quick.

There is no clock here: time passes where the work is done, which says what it took.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

QUICK = 0.01
"""Seconds: what is expected to take no longer is quick, whatever is being done."""
QUICK_SHARE = 0.25
"""What is expected to take no more than this share of the longest that is being done is quick too.

Where much is done at once all takes longer, also what is quick.
"""
UNKNOWN = 0.2
"""Seconds that are counted at first for what nobody knows of."""
_OLDEST_FIRST = 8
_WEIGHT_OF_LONGER, _WEIGHT_OF_SHORTER = 0.125, 0.5
# From so many on, what tells nothing any more is dropped.
_MANY = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, and what is like it in what it takes; `guess` is what that may be (s) at first."""

    who: str = ""
    what: Hashable = None
    guess: float | None = None


NOBODY = Asked()


@dataclass(slots=True, eq=False)
class Turn(Generic[T]):
    """Some work that waits, then is being done."""

    item: T
    asked: Asked
    cost: float
    quick: bool
    number: int


@dataclass(slots=True)
class _Key(Generic[T]):
    """What is known of a key: the seconds that it was served, and what it has waiting, in order."""

    served: float
    waiting: dict[Turn[T], None] = field(default_factory=dict[Turn[T], None])
    running: int = 0


class FairQueue(Generic[T]):
    """Work for a number of threads, besides which one may do what is quick.

    The key that was served least goes first, by the seconds that its work took, and while it is
    being done by those that are expected. A key that comes new, or comes back, stands where those
    are that are served now: none saves up. One in eight turns is of whatever waits longest, so
    that nobody waits for ever. No key has all threads while another waits.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._keys: dict[str, _Key[T]] = {}
        self._costs: dict[tuple[str, Hashable], float] = {}
        self._running: set[Turn[T]] = set()
        self._now = 0.0
        self._number = self._taken = 0

    def put(self, item: T, asked: Asked = NOBODY) -> Turn[T]:
        """Have some work wait for its turn."""
        expected = self._expected(asked)
        longest = max((self._expected(one.asked) or 0.0 for one in self._running), default=0.0)
        quick = expected is not None and expected <= max(QUICK, QUICK_SHARE * longest)
        self._number += 1
        turn = Turn(item, asked, UNKNOWN if expected is None else expected, quick, self._number)
        key = self._keys.setdefault(asked.who, _Key(self._now))
        key.served = max(key.served, self._now)
        key.waiting[turn] = None
        return turn

    def drop(self, turn: Turn[T]) -> None:
        """Forget work that waits no more, if it has not been taken."""
        self._keys[turn.asked.who].waiting.pop(turn, None)

    def take(self, *, quick: bool = False) -> Turn[T] | None:
        """The next to be done; of what is `quick` only, where that is wanted."""
        firsts = self._quick_firsts() if quick else self._firsts()
        if not firsts:
            return None
        self._taken += 1
        if self._taken % _OLDEST_FIRST and not quick:
            turn = min(firsts, key=lambda one: (self._key(one).served, one.number))
            self._now = max(self._now, self._key(turn).served)
        else:
            turn = min(firsts, key=lambda one: one.number)
        key = self._key(turn)
        del key.waiting[turn]
        key.running += 1
        key.served += turn.cost
        self._running.add(turn)
        return turn

    def done(self, turn: Turn[T], seconds: float) -> None:
        """Count what some work took."""
        key = self._key(turn)
        key.running -= 1
        key.served += seconds - turn.cost
        self._running.remove(turn)
        self._learn((turn.asked.who, turn.asked.what), seconds)
        if len(self._keys) > _MANY:
            self._keys = {who: one for who, one in self._keys.items() if self._tells(one)}

    def _firsts(self) -> Sequence[Turn[T]]:
        """The first of each key, but for one that has all threads but one, where others wait."""
        waiting = [key for key in self._keys.values() if key.waiting]
        most = max(1, self._threads - 1)
        admitted = [key for key in waiting if key.running < most] or waiting
        return [next(iter(key.waiting)) for key in admitted]

    def _quick_firsts(self) -> Sequence[Turn[T]]:
        firsts = (
            next((one for one in key.waiting if one.quick), None) for key in self._keys.values()
        )
        return [one for one in firsts if one is not None]

    def _key(self, turn: Turn[T]) -> _Key[T]:
        return self._keys[turn.asked.who]

    def _tells(self, key: _Key[T]) -> bool:
        return bool(key.waiting or key.running or key.served > self._now)

    def _expected(self, asked: Asked) -> float | None:
        """Seconds that some work takes; None where nobody knows, also of what is being done."""
        return self._costs.get((asked.who, asked.what), asked.guess)

    def _learn(self, of: tuple[str, Hashable], seconds: float) -> None:
        """Expect what it took. What takes longer at times, beside others, is as quick as before."""
        before = self._costs.pop(of, seconds)
        weight = _WEIGHT_OF_LONGER if seconds > before else _WEIGHT_OF_SHORTER
        self._costs[of] = before + (seconds - before) * weight
        if len(self._costs) > _MANY:
            del self._costs[next(iter(self._costs))]
