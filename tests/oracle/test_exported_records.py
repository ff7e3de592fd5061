"""Exported records come to the state that they were exported from, in whatever order they come."""

import json
import tempfile
from collections.abc import Iterator
from itertools import pairwise
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


@pytest.fixture(scope="module")
def chain() -> Iterator[list[Store]]:
    """Each but the first takes the records that are exported from the one before."""
    with opened("duckdb") as first, opened("chdb") as second, opened("duckdb") as third:
        yield [first, second, third]


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


def sent_on(
    found: dict[RecordKind, list[Record]], target: Store, seed: int, *, together: bool
) -> None:
    for kind, records in found.items():
        shuffled = Random(seed).sample(records, len(records))
        several = max(1, len(records) if together else len(records) // 3)
        for first in range(0, len(records), several):
            assert not target.send(kind, shuffled[first : first + several]).rejected


def by_kind(found: dict[RecordKind, list[Record]]) -> dict[RecordKind, list[str]]:
    return {kind: sorted(map(repr, records)) for kind, records in found.items()}


@examples(3)
@given(history=histories(), seed=st.integers(0, 99), together=st.booleans())
def test_they_come_to_the_same_state(
    chain: list[Store], history: History, seed: int, together: bool
) -> None:
    for store in chain:
        store.clear()
    told = list(batches(history, seed))
    for first in range(0, len(told), 4):
        chain[0].send_together(told[first : first + 4])
    found = exported(chain[0])
    for source, target in pairwise(chain):
        target.now = max(source.now, target.now)
        sent_on(found, target, seed, together=together)
        again = exported(target)
        assert by_kind(again) == by_kind(found), target.name
        found = again
    for table in TABLES:
        assert comparable(chain[0], table) == comparable(chain[-1], table), table
