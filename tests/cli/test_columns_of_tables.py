"""Rows of tables that are read a column at a time come to what each row by itself comes to."""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from callistics.cli.importing.watching import Watch
from callistics.files.arrow.values import instants
from callistics.files.columns import column_batches
from callistics.files.csv import csv_table
from callistics.files.lines import Batch, UnreadableError, batched
from callistics.files.parquet import mapped_table, parquet_lines
from callistics.files.tables import Row, Table, row_lines
from callistics.ingest.decode import Terms, batch_of_values
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.table import TableMapper
from callistics.model.scope import EVERYTHING
from callistics.records.field import RecordKind
from support.decoders import READING, contents

from .reading import records, rules

SCORE = ("call_id", "merchant_id", "sentiment", "updated_at")
NAMES = ("call_id", "merchant_id", "reseller_id", "started_at")
START = "2025-01-15T09:30:00Z"
ROW = ["c", "m", "r", START]
MORE: dict[str, Sequence[Any]] = {
    "updated_at": [START, "2025-01-15 09:31:00", "2025-01-15", "15/01/2025", None, "never"],
    "duration": ["12.5", "12.50", "0", "1:30", "007", "9007199254740993", "x", "0." + "1" * 45],
    "sentiment": ["0.5", "0.50", "0.1234567890123456789", "positive", "1e-1", "2"],
    "attempt": ["1", "2.0", "0", "1 ", "99999999999"],
    "cost": ["1.5", "-1", None],
    "currency": ["eur", "EUR", "euro"],
    "direction": ["Outbound", "inbound", "in"],
    "test": ["no", "TRUE", "maybe"],
    "outcome": ["OK", "\udc80", "a" * 600],
    "lead_id": ["l", "c"],
    "payload.city": ["Pune", "Köln", "\udc80"],
    "payload.n.m": ["1", "1.0"],
    "payload": ['{"a": [1.0, null]}', '{"a": {"b": 1}}', "{", "text"],
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[Any]]:
    """Columns and rows of plain cells, with a few others among them."""
    more = draw(st.lists(st.sampled_from([*MORE]), unique=True))
    if draw(st.booleans()) and "payload" in more:
        more = [name for name in more if not name.startswith("payload.")]
    names, rows = [*NAMES, *more], list[Any]()
    for number in range(draw(st.integers(1, 6))):
        row = [f"c{draw(st.integers(0, number))}", *ROW[1:], *(MORE[name][0] for name in more)]
        for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
            place = draw(st.integers(0, len(row) - 1))
            odd = MORE[more[place - len(NAMES)]] if place >= len(NAMES) else ["d", None, "x" * 600]
            row[place] = draw(st.sampled_from(odd))
        if draw(st.integers(0, 3)) == 0:
            row = [one if name in SCORE else None for name, one in zip(names, row, strict=True)]
        rows.append("has 9 cells" if draw(st.integers(0, 9)) == 0 else row)
    return names, rows


def both(
    columns: list[str], rows: Sequence[Any], found: RecordMapping, size: int = 4
) -> tuple[list[Batch], list[Batch]]:
    """Batches with columns where they can be, and others."""
    mapper = TableMapper(found, columns)
    numbered: list[Row] = [*enumerate(rows, start=2)]
    table = Table(columns, iter(numbered), taken=lambda: 0)
    here = list(column_batches(table, mapper, found, size, 1 << 25))
    return here, list(batched(row_lines(numbered, mapper), size, 1 << 25))


def seen(batches: list[Batch], found: RecordMapping) -> Any:
    watch = Watch("f", found)
    for _ in watch.over(batches):
        continue
    return watch.present, watch.untimed, list(watch.notes())


def said(batch: Batch) -> Any:
    found = list(batch.records)
    return batch.numbers, batch.bad, found, batch.size, batch.is_timed, batch.first, batch.last


MAPPINGS = [
    rules(),
    rules(as_of_end=True),
    rules(timezone="Asia/Kolkata"),
    rules(nulls=("x",), decimal=","),
    rules(constants=("template_id=t", "payload.source=file")),
    rules("agent_id=call_id", constants=("language=en",)),
    rules("lead_id=merchant_id+call_id"),
    rules(kind=RecordKind.LEADS, rest=True),
]


@pytest.mark.parametrize("found", MAPPINGS)
@given(table=tables())
def test_they_come_to_the_same(found: RecordMapping, table: tuple[list[str], list[Any]]) -> None:
    here, there = both(*table, found)
    assert [said(one) for one in here] == [said(one) for one in there]
    assert seen(here, found) == seen(there, found)
    used = Terms(found.kind, READING, EVERYTHING, columns_from=1)
    for one, other in zip(here, there, strict=True):
        assert stored(one.records, used) == stored(list(other.records), used)


def stored(records: Sequence[object], used: Terms) -> Any:
    return contents(batch_of_values(records, used))


def of_csv(text: str, found: RecordMapping, size: int = 100) -> list[Batch]:
    table = csv_table(io.BufferedReader(io.BytesIO(text.encode())), found.layout)
    return list(column_batches(table, TableMapper(found, table.columns), found, size, 1 << 25))


def test_ordinary_rows_of_csv_are_columns() -> None:
    text = ",".join([*NAMES, *MORE][:-1]) + "\n"
    text += ",".join([*ROW, *(str(values[0]) for values in MORE.values())][:-1]) + "\n"
    (batch,) = of_csv(text, rules())
    assert batch.columns is not None
    assert batch.columns.values["duration"] == [12.5]
    assert batch.is_timed


@pytest.mark.parametrize("names", ["cost,currency", "duration,currency"])
def test_parts_without_what_they_belong_to_are_left_out(names: str) -> None:
    text = ",".join(NAMES) + f",{names}\n" + ",".join(ROW) + ",1,EUR\n" + ",".join(ROW) + ",,EUR\n"
    (batch,) = of_csv(text, rules())
    assert batch.columns is not None
    kept = "EUR" if "cost" in names else None
    assert batch.columns.values["currency"] == [kept, None]
    assert [cast("Any", one).get("currency") for one in batch.records] == [kept, None]


def test_ordinary_rows_of_parquet_are_columns(tmp_path: Path) -> None:
    rows = {name: [value] * 3 for name, value in zip(NAMES, ROW, strict=True)}
    more = {
        "payload": pa.ExtensionArray.from_storage(
            pa.json_(), pa.array(['{"a": 1.50}', None, '{"a": 1.50}'])
        ),
        "updated_at": pa.array([1_736_933_400_500, None, 0], pa.timestamp("ms", "UTC")),
        "sentiment": pa.array([0.5, None, float("nan")]),
        "attempt": pa.array([1, 2, None], pa.int8()),
        "test": pa.array([False, None, True]),
        "cost": pa.array([Decimal("1.50"), None, Decimal("0.25")]),
        "duration": pa.array([12.5, -0.0, None]),
    }
    parquet.write_table(pa.table({**rows, **more}), tmp_path / "calls.parquet")
    name = str(tmp_path / "calls.parquet")
    with mapped_table(name, rules(), is_arrow=False) as (table, mapper):
        (batch,) = column_batches(table, mapper, rules(), 100, 1 << 25)
    assert batch.columns is not None
    with mapped_table(name, rules(), is_arrow=False) as (table, mapper):
        assert said(batch) == said(*batched(row_lines(table.rows, mapper), 100, 1 << 25))


def test_a_batch_with_an_odd_value_is_read_row_by_row_and_the_next_is_not() -> None:
    text = "".join(f"c{n},m,r,{START},{'x' if n == 1 else n}\n" for n in range(6))
    batches = of_csv(",".join((*NAMES, "duration")) + "\n" + text, rules(), 2)
    assert [batch.numbers for batch in batches] == [[2, 3], [4, 5], [6, 7]]
    assert [batch.columns is None for batch in batches] == [True, False, False]


def test_a_score_that_is_sent_later_is_put_where_it_belongs() -> None:
    late = "2025-01-15T09:41:00Z"
    text = ",".join((*NAMES, "sentiment", "updated_at"))
    text += (
        f"\na,m,r,{START},,{START}\nb,m,r,{START},0.1,{START}\na,m,,,0.5,{late}\nb,m,,,1,{late}\n"
    )
    (batch,) = of_csv(text, rules())
    found = batch_of_values(
        batch.records, Terms(RecordKind.CALLS, READING, EVERYTHING, columns_from=1)
    )
    assert found.columns is not None
    assert sorted(found.columns.received) == [0, 1, 2]
    assert [index for index, _ in found.changes] == [3]
    assert batch.columns is not None
    assert batch.columns.values["sentiment"] == [None, 0.1, 0.5, 1.0]


@pytest.mark.parametrize("source", ["payload", "old|payload"])
def test_a_payload_that_comes_again_is_filled_up_for_its_row_alone(
    source: str, tmp_path: Path
) -> None:
    payload = pa.ExtensionArray.from_storage(pa.json_(), pa.array(['{"a": {"b": 1}}'] * 2))
    table = pa.table({"call_id": ["c", "d"], "payload": payload, "payload.a.c": ["x", None]})
    table = table.append_column("old", pa.nulls(2, pa.string()))
    parquet.write_table(table, tmp_path / "calls.parquet")
    found = rules(f"payload={source}", dropped=("old",) if source == "payload" else ())
    lines = [*parquet_lines(str(tmp_path / "calls.parquet"), found)]
    first, second = records(lines)
    assert first["payload"] == {"a": {"b": 1, "c": "x"}}
    assert second["payload"] == {"a": {"b": 1}}


@given(
    unit=st.sampled_from(["s", "ms", "us", "ns"]),
    second=st.integers(0, 4_102_444_800),
    part=st.sampled_from(["0", "25", "000001", "123456", "000000001", "1234567", "12345678"]),
    zone=st.sampled_from([None, "UTC"]),
)
def test_times_have_no_digits_that_are_only_zeros(
    unit: str, second: int, part: str, zone: str | None
) -> None:
    digits = {"s": 0, "ms": 3, "us": 6, "ns": 9}[unit]
    fraction = (part.ljust(9, "0")[:digits]).ljust(9, "0")
    count = int(f"{second}{fraction[:digits]}")
    kind = pa.timestamp(unit, zone)
    shown = fraction if fraction[6:].strip("0") else fraction[:6]
    text = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    text += f".{shown}" if fraction.strip("0") else ""
    assert instants(kind)(pa.array([count, None], kind)) == [text + ("Z" if zone else ""), None]


def test_rows_of_another_width_are_beside_columns() -> None:
    text = ",".join(NAMES) + f"\na,m,r,{START}\nb\nc,m,r,{START}\n"
    (batch,) = of_csv(text, rules())
    assert batch.columns is not None
    assert (batch.numbers, [bad.number for bad in batch.bad]) == ([2, 4], [3])


def test_what_breaks_off_comes_after_the_rows_before() -> None:
    def rows() -> Iterator[Row]:
        yield from enumerate([ROW] * 3)
        raise UnreadableError("cut off")

    table = Table([*NAMES], rows(), taken=lambda: 0)
    batches = column_batches(table, TableMapper(rules(), NAMES), rules(), 2, 1 << 25)
    assert [next(batches).numbers, next(batches).numbers] == [[0, 1], [2]]
    with pytest.raises(UnreadableError, match="cut off"):
        next(batches)


def test_batches_have_so_many_bytes_at_the_most() -> None:
    text = "".join(f"c{n},m,r,{START},{'x' * 500}\n" for n in range(9))
    header = ",".join((*NAMES, "payload.a")) + "\n"
    for most in (1_000, 2_000):
        table = csv_table(io.BufferedReader(io.BytesIO((header + text).encode())), rules().layout)
        mapper = TableMapper(rules(), table.columns)
        found = list(column_batches(table, mapper, rules(), 100, most))
        assert [number for batch in found for number in batch.numbers] == [*range(2, 11)]
        assert all(batch.size < most for batch in found)
