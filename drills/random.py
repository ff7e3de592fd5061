"""A random machine over the whole HTTP API: every answer is what the naive evaluation gives.

World after world, each of a seed of its own, on a server of its own. What one step does depends on
that seed, its number and what came before; where an answer differs, as few of the steps as still
show it are looked for, and told.
"""

import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from drills import random_admin, random_keys, random_queries, random_records
from drills.random_world import Difference, World
from drills.report import Report

RULES = [*random_records.RULES, *random_queries.RULES, *random_keys.RULES, *random_admin.RULES]
ENGINES = ("duckdb", "chdb")
_MINUTES = 60.0
_STEPS, _SHORT_STEPS = 250, 32
_SHORT_SEED = 20_261_129
# So long it is tried to show a difference with fewer steps (s).
_SMALLER = 120.0


@dataclass
class Found:
    """What all worlds of an engine have come to."""

    worlds: int = 0
    steps: int = 0
    restarts: int = 0
    compared: int = 0
    visited: dict[str, int] = field(default_factory=dict[str, int])
    declared: set[str] = field(default_factory=set[str])
    differences: list[str] = field(default_factory=list[str])

    def add(self, world: World, steps: int) -> None:
        """Take in what a world has come to."""
        self.worlds += 1
        self.steps += steps
        self.restarts += world.restarts
        self.compared += world.compared
        self.declared |= world.declared.keys()
        for name, count in world.visited.items():
            self.visited[name] = self.visited.get(name, 0) + count

    @property
    def unvisited(self) -> set[str]:
        """Operations of the OpenAPI document that no step has asked."""
        return self.declared - self.visited.keys()


def drill(
    *,
    short: bool,
    minutes: float | None = None,
    seed: int | None = None,
    engine: str | None = None,
) -> Report:
    """So many minutes, an hour unless told, on both engines in turn; a seed: that world first.

    Ctrl-C ends the world under way, which does not count, and tells of those before it.
    """
    chosen = [engine] if engine else ["duckdb"] if short else list(ENGINES)
    first = _SHORT_SEED if short else random.SystemRandom().randrange(10**6)
    first = first if seed is None else seed
    found = {one: Found() for one in chosen}
    if short:
        _world(found[chosen[0]], chosen[0], first, _SHORT_STEPS)
    else:
        with suppress(KeyboardInterrupt):
            _long(found, first, (_MINUTES if minutes is None else minutes) * 60)
    return report(found, first)


def report(found: dict[str, Found], first: int) -> Report:
    """The table: a row for each engine."""
    headings = ("engine", "first seed", "worlds", "steps", "requests", "compared", "restarts")
    headings += ("operations asked", "differences")
    rows: list[Sequence[object]] = []
    for engine, one in found.items():
        for told in one.differences:
            print(told)
        if one.unvisited:
            print(f"never asked on {engine}: {', '.join(sorted(one.unvisited))}")
        asked = f"{len(one.declared) - len(one.unvisited)} of {len(one.declared)}"
        counts = (one.worlds, one.steps, sum(one.visited.values()), one.compared, one.restarts)
        rows.append((engine, first, *(f"{n:,}" for n in counts), asked, len(one.differences)))
    passed = all(not one.differences and not one.unvisited for one in found.values())
    return Report(headings, rows, passed)


def _long(found: dict[str, Found], first: int, seconds: float) -> None:
    end, number = time.monotonic() + seconds, first
    while time.monotonic() < end:
        for engine, one in found.items():
            _world(one, engine, number, _STEPS)
            told = f"{one.steps:,} steps, {one.compared:,} compared"
            told += f", {len(one.differences)} differences"
            print(f"{engine}, world {number}: {told}", file=sys.stderr, flush=True)
        number += 1


def _world(found: Found, engine: str, number: int, steps: int) -> None:
    done, world, difference = play(engine, number, range(steps))
    found.add(world, done)
    if difference is None:
        return
    smaller = _smaller(engine, number, list(range(done)), difference)
    print(difference, world.done[-1], sep="\n", file=sys.stderr, flush=True)
    found.differences.append(
        f"--seed {number} --engine {engine}, step {done - 1}: {difference}\n"
        f"as few steps as show it: {', '.join(map(str, smaller[0]))}\n"
        + "\n".join(smaller[1] or world.done)
    )


def play(engine: str, number: int, steps: Sequence[int]) -> tuple[int, World, BaseException | None]:
    """Do these steps of a world: how many were done, and what went wrong in the last one."""
    with tempfile.TemporaryDirectory() as place:
        world = World(number, Path(place), engine)
        try:
            world.start()
            for count, step in enumerate(steps, start=1):
                try:
                    world.step(step, RULES)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is a difference
                    # What the server says of itself goes with its folder.
                    if told := world.failure():
                        world.done.append(told)
                    return count, world, error
            return len(steps), world, None
        finally:
            world.close()


def _smaller(
    engine: str, number: int, steps: list[int], difference: BaseException
) -> tuple[list[int], list[str]]:
    """As few steps as go wrong in the same way, and what they do."""
    end, size = time.monotonic() + _SMALLER, max(len(steps) // 2, 1)
    told: list[str] = []
    what = _kind(difference)
    while time.monotonic() < end:
        at = 0
        while at < len(steps) - 1 and time.monotonic() < end:
            fewer = steps[:at] + steps[min(at + size, len(steps) - 1) :]
            done, world, error = play(engine, number, fewer)
            if error is not None and done == len(fewer) and _kind(error) == what:
                steps, told = fewer, world.done
            else:
                at += size
        if size == 1:
            break
        size //= 2
    return steps, told


def _kind(error: BaseException) -> str:
    text = str(error) if isinstance(error, Difference) else type(error).__name__
    return text.partition(":")[0]
