"""The parts of the benchmark, in the order in which they run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench import (
    backup,
    batch,
    commits,
    exports,
    ingest,
    keys,
    load,
    looking,
    lookups,
    memory,
    mixed,
    order,
    overhead,
    page,
    queries,
    repeated,
    resent,
    rollups,
    stages,
    webhooks,
)
from bench.bulk import part as bulk
from bench.designs import payloads, upserts
from bench.report import Result
from bench.rivals import part as rivals
from bench.run import Run
from bench.versus import part as versus


@dataclass(frozen=True, slots=True)
class Part:
    """`needs` are parts that must have run before; the main ones run if none is named.

    `beside` tells that an older build is measured too, where one is given.
    """

    title: str
    measure: Callable[[Run], Result]
    needs: tuple[str, ...] = ("load",)
    main: bool = True
    beside: bool = False


PARTS: Mapping[str, Part] = {
    "load": Part("Import and storage", load.measure, ()),
    "queries": Part("Queries", queries.measure),
    "rivals": Part("Beside hand-written SQL", rivals.measure, ("load", "queries")),
    "repeated": Part("The same dashboard again", repeated.measure),
    "bulk": Part("Import beside others", bulk.measure, (), beside=True),
    "batch": Part("A dashboard as one batch", batch.measure, beside=True),
    "mixed": Part("Dashboards beside a stream of calls", mixed.measure, beside=True),
    "ingest": Part("Ingestion", ingest.measure),
    "resent": Part("After records are sent again", resent.measure),
    "overhead": Part("What the product adds to the engine", overhead.measure, ()),
    "exports": Part("Exports", exports.measure),
    "looking": Part("Pages of calls, and what can be asked", looking.measure),
    "page": Part("The dashboard in a browser", page.measure),
    "backup": Part("Writes beside a backup", backup.measure),
    "webhooks": Part("Events of a platform", webhooks.measure),
    "versus": Part("Beside an older build", versus.measure, beside=True),
    "memory": Part("Memory", memory.measure, (), main=False),
    "commits": Part("What a commit costs", commits.measure, main=False),
    "lookups": Part("Finding stored calls", lookups.measure, (), main=False),
    "order": Part("The order of rows", order.measure, main=False),
    "keys": Part("Filtering by a key", keys.measure, main=False),
    "rollups": Part("Roll-ups", rollups.measure, main=False),
    "stages": Part("Where storing spends its time", stages.measure, (), main=False),
    "upserts": Part("Replaced rows on ClickHouse", upserts.measure, (), main=False),
    "payloads": Part("Payload filters on ClickHouse", payloads.measure, (), main=False),
}
MAIN = tuple(name for name, part in PARTS.items() if part.main)


def in_order(names: list[str]) -> list[str]:
    """The named parts, or the main ones, with what they need, in the order of `PARTS`."""
    wanted = set(names or MAIN)
    wanted |= {needed for name in wanted for needed in PARTS[name].needs}
    return [name for name in PARTS if name in wanted]
