"""Who is next, on made-up arrivals: a machine whose clock is a number."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

import hypothesis.strategies as st
from hypothesis import given, settings

from callistics.http.fair_queue import Asked, FairQueue, Turn

Work = tuple[float, Asked, float]
"""When it comes, who asks what, and the seconds that it takes."""

Event = tuple[float, int, Work, Turn[Work] | None, bool]
"""When something happens: work comes, or a turn of it ends, on a thread of one kind."""


@dataclass
class Machine:
    """A number of threads, and one for what is quick, which work through arrivals."""

    threads: int
    began: list[tuple[float, Work]] = field(default_factory=list[tuple[float, Work]])
    ended: dict[Work, float] = field(default_factory=dict[Work, float])
    taken: Callable[["Machine", Turn[Work]], None] | None = None
    waiting: Counter[str] = field(default_factory=Counter[str])
    running: Counter[str] = field(default_factory=Counter[str])

    def run(self, arrivals: Iterable[Work]) -> None:
        queue: FairQueue[Work] = FairQueue(self.threads)
        free = {False: self.threads, True: 1}
        tie = count()
        # What happens, in order: work comes, or a turn ends on a thread of a kind.
        events: list[Event] = [(work[0], next(tie), work, None, False) for work in arrivals]
        heapq.heapify(events)
        while events:
            now, _, work, turn, kind = heapq.heappop(events)
            if turn is None:
                queue.put(work, work[1])
                self.waiting[work[1].who] += 1
            else:
                queue.done(turn, work[2])
                self.running[work[1].who] -= 1
                self.ended[work] = now
                free[kind] += 1
            for kind in (True, False):
                while free[kind] and (turn := queue.take(quick=kind)) is not None:
                    free[kind] -= 1
                    began = turn.item
                    if not kind and self.taken is not None:
                        self.taken(self, turn)
                    self.waiting[began[1].who] -= 1
                    self.running[began[1].who] += 1
                    self.began.append((now, began))
                    heapq.heappush(events, (now + began[2], next(tie), began, turn, kind))

    def waits(self, who: str) -> list[float]:
        return [begun - work[0] for begun, work in self.began if work[1].who == who]


def asks(
    who: str, what: str = "", seconds: float = 1.0, at: Sequence[float] = (0.0,)
) -> list[Work]:
    # Each a little later, so that no two are the same.
    return [(one + n * 1e-9, Asked(who, what), seconds) for n, one in enumerate(at)]


def test_a_key_that_comes_late_is_next() -> None:
    machine = Machine(4)
    machine.run([*asks("heavy", at=[0.0] * 100), *asks("late", at=[0.5])])
    assert machine.waits("late") == [0.5]


def test_two_keys_share_the_threads_whatever_each_sends() -> None:
    machine = Machine(4)
    machine.run([*asks("much", at=[0.0] * 400), *asks("little", seconds=0.25, at=[0.0] * 1_000)])
    spent: dict[str, float] = dict.fromkeys(("much", "little"), 0.0)
    for begun, (_, asked, seconds) in machine.began:
        if begun < 40:
            spent[asked.who] += seconds
    assert abs(spent["much"] - spent["little"]) < 0.1 * sum(spent.values())


def test_what_is_quick_waits_for_nothing_that_is_not() -> None:
    learned = asks("small", "seen", 0.01)
    heavy = [one for key in range(24) for one in asks(f"heavy{key}", at=[1.0] * 10, seconds=5.0)]
    small = asks("small", "seen", 0.01, at=[1.5 + n for n in range(40)])
    machine = Machine(4)
    machine.run([*learned, *heavy, *small])
    assert max(machine.waits("small")) == 0


def test_what_took_longer_than_was_expected_is_not_quick_again() -> None:
    queue: FairQueue[str] = FairQueue(1)
    asked = Asked("key", "what", guess=0.001)
    queue.put("first", asked)
    turn = queue.take(quick=True)
    assert turn is not None
    queue.done(turn, 3.0)
    queue.put("second", asked)
    assert queue.take(quick=True) is None


def test_what_nobody_knows_of_yet_makes_nothing_beside_it_quick() -> None:
    queue: FairQueue[str] = FairQueue(2)
    long = Asked("key", "long")
    queue.put("first", long)
    first = queue.take()
    queue.put("second", long)
    assert first is not None
    assert queue.take() is not None
    queue.done(first, 0.04)
    # The second began before anything was known of it.
    queue.put("third", long)
    assert queue.take(quick=True) is None


def test_what_took_longer_at_times_is_as_quick_as_before() -> None:
    queue: FairQueue[str] = FairQueue(1)
    asked = Asked("key", "what")
    for seconds in (0.003, 0.003, 0.04, 0.003):
        queue.put("one", asked)
        turn = queue.take()
        assert turn is not None
        queue.done(turn, seconds)
        queue.put("quick", asked)
        turn = queue.take(quick=True)
        assert turn is not None
        queue.done(turn, 0.003)


def test_nobody_saves_up() -> None:
    machine = Machine(1)
    early = asks("idle", seconds=0.1)
    both = [*asks("busy", at=[float(n) for n in range(100)]), *asks("idle", at=[100.0] * 50)]
    more = asks("busy", at=[100.0] * 50)
    machine.run([*early, *both, *more])
    order = [work[1].who for begun, work in machine.began if begun >= 100][:40]
    assert 15 <= order.count("busy") <= 25


def test_what_is_dropped_takes_no_turn() -> None:
    queue: FairQueue[str] = FairQueue(1)
    queue.drop(queue.put("gone", Asked("key")))
    assert queue.take() is None


@st.composite
def loads(draw: st.DrawFn) -> tuple[int, list[Work]]:
    seconds = st.sampled_from([0.01, 0.1, 1.0, 7.0])
    one = st.tuples(st.integers(0, 30), st.sampled_from("abcdef"), st.sampled_from("xy"), seconds)
    found = draw(st.lists(one, min_size=1, max_size=80))
    threads = draw(st.integers(1, 5))
    return threads, [
        (at + n * 1e-6, Asked(who, what), took) for n, (at, who, what, took) in enumerate(found)
    ]


def at_most_all_but_one(machine: Machine, turn: Turn[Work]) -> None:
    """No key takes the last thread where another waits whose turn it may be."""
    who = turn.asked.who
    most = max(1, machine.threads - 1)
    others = [key for key, number in machine.waiting.items() if number and key != who]
    if machine.running[who] >= most:
        assert all(machine.running[key] >= most for key in others)


@settings(max_examples=100, deadline=None)
@given(loads())
def test_all_is_done_and_no_key_has_all_threads_while_others_wait(
    load: tuple[int, list[Work]],
) -> None:
    threads, arrivals = load
    machine = Machine(threads, taken=at_most_all_but_one)
    machine.run(arrivals)
    assert machine.ended.keys() == set(arrivals)
    assert not machine.running.total()


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 4), st.integers(1, 20))
def test_nobody_starves_beside_keys_that_are_ever_new(threads: int, before: int) -> None:
    """Each of them was served nothing yet: the one that was served before waits all the same."""
    spent = asks("old", seconds=50.0, at=[0.0] * before)
    new = [asks(f"new{n}", at=[60.0 * before + n / threads])[0] for n in range(200)]
    last = asks("old", "last", at=[60.0 * before])
    machine = Machine(threads)
    machine.run([*spent, *new, *last])
    place = [work for _, work in machine.began if work not in spent].index(last[0])
    assert place <= 16 * threads
