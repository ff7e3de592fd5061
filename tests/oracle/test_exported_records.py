"""Exported records come to the state that they were exported from, in whatever order they come."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from callistics.backups.export import writing
from callistics.backups.records import records_in
from callistics.records.field import RecordKind
from support.backups import record_rows
from support.examples import examples
from support.store import Store, opened

from .record_strategies import History, Record, histories
from .test_agreement import batches

TABLES = ("calls", "calls_held", "lead_records", "leads")
Pair = tuple[Store, Store]


@pytest.fixture(
    scope="module", params=[("duckdb", "duckdb"), ("duckdb", "chdb"), ("chdb", "duckdb")]
)
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    source, target = request.param
    with opened(source) as one, opened(target) as other:
        yield one, other


def exported(store: Store) -> dict[RecordKind, list[Record]]:
    found: dict[RecordKind, list[Record]] = {kind: [] for kind in RecordKind}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = record_rows(store.engine, folder)
        for kind in RecordKind:
            with writing(folder, kind, "ndjson") as writer:
                for of, table in rows:
                    if of is kind:
                        writer.write(records_in(kind, table))
            packed = (folder / f"{kind}.ndjson.zst").read_bytes()
            text = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
            found[kind] = [json.loads(line) for line in text.splitlines()]
    return found


def comparable(store: Store, table: str) -> list[dict[str, object]]:
    """Rows without what says how a table is kept, or when a call came of which no field did."""
    left_out = {"lead_no", "call_key", "lead_key", "providers", "first_call_at"}
    rows = [
        {name: value for name, value in row.items() if name not in left_out}
        for row in store.dump(table)
    ]
    return sorted(rows, key=repr)


@examples(6)
@given(history=histories(), seed=st.integers(0, 99), together=st.booleans())
def test_they_come_to_the_same_state(
    pair: Pair, history: History, seed: int, together: bool
) -> None:
    source, target = pair
    source.clear()
    target.clear()
    told = list(batches(history, seed))
    for first in range(0, len(told), 4):
        source.send_together(told[first : first + 4])
    found = exported(source)
    target.now = max(source.now, target.now)
    for kind, records in found.items():
        Random(seed).shuffle(records)
        several = max(1, len(records) if together else len(records) // 3)
        for first in range(0, len(records), several):
            assert not target.send(kind, records[first : first + several]).rejected
    again = exported(target)
    for kind in RecordKind:
        assert sorted(map(repr, again[kind])) == sorted(map(repr, found[kind]))
    if source.name == target.name:
        for table in TABLES:
            assert comparable(source, table) == comparable(target, table), table
