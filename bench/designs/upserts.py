"""What replaced rows cost on ClickHouse, by the design of the table; in chDB.

The calls are made with SQL, asked, then one in a hundred is sent again in ten batches and they
are asked again at once, before any merge, and once more after merging where that helps.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.designs.calls import BATCHES, COLUMNS, KEY, SCHEMA, make
from bench.designs.store import MISSING, RUNS, Store, installed, opened
from bench.designs.tables import DESIGNS, Design
from bench.report import Cell, Result, Table
from bench.run import Run

QUESTIONS = {
    "outcomes": "all calls by outcome",
    "days": "all calls by day",
    "durations": "count, sum, min, max of all durations",
    "month": "one merchant and month by outcome",
    "city": "all calls of one city of the payload by outcome",
}
# What the order of arrival must not decide, and what null must clear, in the words of the contract.
_COALESCING = {
    "a newer record, then an older one that came late": ("'newer', 2", "'older', 1", "newer"),
    "a value, then a newer null that clears it": ("'value', 1", "NULL, 2", "\\N"),
}


@dataclass(slots=True)
class Measured:
    """Times of one design (ms), by question, and of each batch that was sent again."""

    before: dict[str, float] = field(default_factory=dict[str, float])
    after: dict[str, float] = field(default_factory=dict[str, float])
    merged: dict[str, float] = field(default_factory=dict[str, float])
    batches: list[float] = field(default_factory=list[float])
    merge_ms: float = 0.0


def measure(run: Run) -> Result:
    if not installed():
        return Result([], [MISSING])
    with opened(run.folder("upserts")) as store:
        make(store, run.calls)
        batch = int(store.run("SELECT count() FROM old")) // BATCHES
        expected: dict[str, dict[str, str]] = {}
        measured = {name: _measured(store, name, expected) for name in DESIGNS}
        notes = [*_notes(measured), *_coalescing(store)]
    columns = ("ms before → right after (ratio)", *QUESTIONS, f"{batch:,} rows sent again, ms")
    rows = [row for name, one in measured.items() for row in _rows(DESIGNS[name].name, one)]
    title = f"{run.calls:,} calls, 1 % of them sent again in {BATCHES} batches"
    details = {name: _details(one) for name, one in measured.items()}
    return Result([Table(title, columns, rows)], notes, details)


def _measured(store: Store, name: str, expected: dict[str, dict[str, str]]) -> Measured:
    design, found = DESIGNS[name], Measured()
    _load(store, name, design)
    found.before = _asked(store, design, expected.setdefault("before", {}))
    for batch in range(BATCHES):
        found.batches.append(sum(store.milliseconds(sql) for sql in design.write(batch)))
    found.after = _asked(store, design, expected.setdefault("after", {}))
    if design.settles:
        store.run(f"SYSTEM START MERGES {name}")
        found.merge_ms = store.milliseconds(f"OPTIMIZE TABLE {name} FINAL")
        found.merged = _asked(store, design, expected["after"])
    store.run(f"DROP TABLE {name} SYNC")
    return found


def _load(store: Store, name: str, design: Design) -> None:
    """Fill the table from `source`, a part for each month, and leave it unmerged from there on."""
    more = f", {design.columns}" if design.columns else ""
    for statement in design.before:
        store.run(statement)
    store.run(
        f"CREATE TABLE {name} ({SCHEMA}{more}) ENGINE = {design.engine} {KEY} {design.settings}"
    )
    values = f", {design.loaded}" if design.loaded else ""
    names = COLUMNS + "".join(f", {one.split()[0]}" for one in [design.columns] if one)
    store.run(f"INSERT INTO {name} ({names}) SELECT {COLUMNS}{values} FROM source")
    store.run(f"OPTIMIZE TABLE {name} FINAL")
    store.run(f"SYSTEM STOP MERGES {name}")


def _asked(store: Store, design: Design, expected: dict[str, str]) -> dict[str, float]:
    """The times of the questions. Raises `RuntimeError` if an answer is not what it must be."""
    taken: dict[str, float] = {}
    for question, sql in design.questions.items():
        answer = store.run(sql)
        if answer != expected.setdefault(question, answer):
            raise RuntimeError(f"{design.name} answers {question} wrongly")
        taken[question] = store.median(sql)
    return taken


def _rows(name: str, one: Measured) -> Sequence[Sequence[Cell]]:
    batch = f"{statistics.median(one.batches):,.0f}"
    found = [(name, *_changes(one.before, one.after), batch)]
    if one.merged:
        merging = f"merging: {one.merge_ms / 1000:.1f} s"
        found.append(("— the same, merged", *_changes(one.before, one.merged), merging))
    return found


def _changes(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    return [f"{before[q]:.0f} → {after[q]:.0f} ({after[q] / before[q]:.1f})" for q in QUESTIONS]


def _details(one: Measured) -> dict[str, object]:
    return {
        "before": one.before,
        "after": one.after,
        "merged": one.merged,
        "batches": one.batches,
        "merge_ms": one.merge_ms,
    }


def _notes(measured: Mapping[str, Measured]) -> list[str]:
    taken = measured["signed"].after
    sums = {name: sum(one.after.values()) / sum(taken.values()) for name, one in measured.items()}
    against = ", ".join(f"{DESIGNS[name].name} {ratio:.1f}" for name, ratio in sums.items())
    return [
        "\n".join(f"- {name}: {text}" for name, text in QUESTIONS.items()),
        f"Medians of up to {RUNS} runs. Every design gave the same answers.",
        f"Right after, sum of the questions against the first design: {against}.",
    ]


def _coalescing(store: Store) -> list[str]:
    """Whether CoalescingMergeTree could carry the rules by which records are merged."""
    found = ["CoalescingMergeTree is not measured; of the rules of merging records it fails:"]
    for rule, (first, second, right) in _COALESCING.items():
        store.run(
            "CREATE TABLE coalescing (id UInt8, value Nullable(String), version Nullable(UInt8)) "
            "ENGINE = CoalescingMergeTree ORDER BY id"
        )
        for values in (first, second):
            store.run(f"INSERT INTO coalescing VALUES (1, {values})")
        kept = store.run("SELECT value FROM coalescing FINAL").strip()
        if kept != right:
            found.append(f"- {rule}: keeps `{kept}`, the rule asks for `{right}`")
        store.run("DROP TABLE coalescing SYNC")
    return ["\n".join(found)]
