"""The same queries asked of both builds by turns, each on its own database of the same calls."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench.cells import WARM, Name, cells, questions
from bench.live import Live
from bench.population import Population
from bench.questions import SCOPES, TYPES
from bench.report import Cell, Table, percentile
from bench.run import say

LEAST, MOST, SECONDS = 9, 60, 1.2
_SUMS = (
    "scope",
    "older build: ms",
    "this build: ms",
    "older ÷ this",
    "worst type: older ÷ this",
    "worst type",
)


@dataclass(slots=True)
class Cells:
    """Milliseconds of both builds for the same queries, and queries they answer differently."""

    older: list[float] = field(default_factory=list[float])
    own: list[float] = field(default_factory=list[float])
    differing: list[str] = field(default_factory=list[str])

    @property
    def medians(self) -> tuple[float, float]:
        """The older build's, and this one's."""
        return percentile(self.older, 50), percentile(self.own, 50)

    @property
    def ratio(self) -> float:
        """How many times as fast this build is."""
        older, own = self.medians
        return older / own


def asked(older: Live, own: Live, people: Population) -> Mapping[Name, Cells]:
    """Ask every query type in each scope, none of the queries twice."""
    found: dict[Name, Cells] = {}
    for name in cells():
        if name.query_type == TYPES[0]:
            say(f"scope {name.scope}: {SCOPES[name.scope]}")
        found[name] = _asked(older, own, questions(name, people))
    return found


def _asked(older: Live, own: Live, bodies: Iterator[bytes]) -> Cells:
    done = Cells()
    end = time.perf_counter() + SECONDS
    for place in range(WARM + MOST):
        body = next(bodies)
        if place % 2:
            (before, one), (now, other) = _timed(older, body), _timed(own, body)
        else:
            (now, other), (before, one) = _timed(own, body), _timed(older, body)
        if json.loads(one)["data"] != json.loads(other)["data"]:
            done.differing.append(body.decode())
        if place >= WARM:
            done.older.append(before)
            done.own.append(now)
        if len(done.own) >= LEAST and time.perf_counter() > end:
            break
    return done


def _timed(server: Live, body: bytes) -> tuple[float, bytes]:
    started = time.perf_counter()
    answer = server.client.ask(body)
    return (time.perf_counter() - started) * 1000, answer


def sums(found: Mapping[Name, Cells]) -> Table:
    """The sums of the medians in each scope, and the type that gained least."""
    rows: list[Sequence[Cell]] = []
    for scope, text in SCOPES.items():
        within = {name.query_type: one for name, one in found.items() if name.scope == scope}
        older, own = (sum(one.medians[place] for one in within.values()) for place in (0, 1))
        worst = min(within, key=lambda name: within[name].ratio)
        rows.append((f"{scope}: {text}", older, own, older / own, within[worst].ratio, worst))
    return Table("Queries over HTTP, one client: sums of the medians of the types", _SUMS, rows)


def by_type(found: Mapping[Name, Cells]) -> Table:
    """The ratio of each cell."""
    rows: list[Sequence[Cell]] = [
        (name, *(found[Name(scope, name)].ratio for scope in SCOPES)) for name in TYPES
    ]
    return Table("The same by type and scope: older ÷ this", ("", *SCOPES), rows)


def agreement(found: Mapping[Name, Cells]) -> list[str]:
    """How many answers were the same, and the first that were not."""
    differing = [f"{name} {body}" for name, one in found.items() for body in one.differing]
    asked = sum(len(one.own) + WARM for one in found.values())
    return [f"Both gave the same rows to {asked - len(differing):,} of {asked:,}.", *differing[:5]]
