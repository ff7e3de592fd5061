"""The parts of the benchmark, in the order in which they run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench import (
    batch,
    commits,
    ingest,
    keys,
    load,
    lookups,
    memory,
    mixed,
    order,
    overhead,
    queries,
    repeated,
    resent,
    rollups,
    stages,
)
from bench.designs import payloads, upserts
from bench.report import Result
from bench.rivals import part as rivals
from bench.run import Run


@dataclass(frozen=True, slots=True)
class Part:
    """`needs` are parts that must have run before; the main ones run if none is named."""

    title: str
    measure: Callable[[Run], Result]
    needs: tuple[str, ...] = ("load",)
    main: bool = True


PARTS: Mapping[str, Part] = {
    "load": Part("Import and storage", load.measure, ()),
    "queries": Part("Queries", queries.measure),
    "rivals": Part("Beside hand-written SQL", rivals.measure, ("load", "queries")),
    "repeated": Part("The same dashboard again", repeated.measure),
    "batch": Part("A dashboard as one batch", batch.measure),
    "mixed": Part("Queries beside a stream of calls", mixed.measure),
    "ingest": Part("Ingestion", ingest.measure),
    "resent": Part("After records are sent again", resent.measure),
    "overhead": Part("What the product adds to the engine", overhead.measure, ()),
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
