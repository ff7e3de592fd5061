"""What the stored calls hold: the names that questions are made of, and how often each occurs."""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Any, Protocol

import msgspec

from bench.run import Run


class Answering(Protocol):
    """What answers questions, over HTTP or not."""

    def rows(self, question: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of an answer."""
        ...


class Names(msgspec.Struct, frozen=True, dict=True):
    """Names with how many calls each has; a draw takes a name as often as its calls say."""

    counts: dict[str, int]

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(self.counts.values()))

    @cached_property
    def _names(self) -> list[str]:
        return list(self.counts)

    def draw(self, rng: Random) -> str:
        """One of them."""
        return rng.choices(self._names, cum_weights=self._ends)[0]

    @property
    def commonest(self) -> str:
        """The name with most calls."""
        return max(self.counts, key=self.counts.__getitem__)


@dataclass(frozen=True)
class Population:
    """`first` and `last` are the days of the first and the last call, `YYYY-MM-DD` in UTC."""

    calls: int
    first: str
    last: str
    merchants: Names
    resellers: Names
    providers: Names
    cities: Names


def population(run: Run, client: Answering) -> Population:
    """Of a server's whole store; kept in the folder of the run, so that parts ask the same."""
    path = run.work / "population.json"
    if not path.exists():
        path.write_bytes(msgspec.json.format(msgspec.json.encode(found_in(client))))
    return known(run)


def known(run: Run) -> Population:
    """What an earlier part has found. Raises `FileNotFoundError`."""
    return msgspec.json.decode((run.work / "population.json").read_bytes(), type=Population)


def found_in(client: Answering) -> Population:
    """The same, asked of a server now."""
    days = client.rows({"query_type": "calls_over_time", "page_size": 10_000})
    return Population(
        calls=client.rows({"query_type": "call_count"})[0]["count"],
        first=days[0]["date"],
        last=days[-1]["date"],
        merchants=names(client, "merchant_id"),
        resellers=names(client, "reseller_id"),
        providers=names(client, "provider"),
        cities=names(client, "payload.city"),
    )


def names(client: Answering, field: str, **filters: str) -> Names:
    """The values of a field, of the calls that match."""
    question = {
        "query_type": "call_count",
        "group_by": [field],
        "page_size": 10_000,
        "filters": filters,
    }
    rows = client.rows(question)
    return Names({row[field]: row["count"] for row in rows if row[field] is not None})
