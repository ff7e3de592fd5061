"""Every type that a column of a Parquet or Arrow file may have is read as what it means."""

# pyright: reportAttributeAccessIssue=false

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import feather, parquet

from callistics.files.arrow.types import TYPES
from callistics.files.parquet import arrow_lines, parquet_lines, row_count

from .reading import records, rules
from .writing import arrow_of, extension, parquet_of, stream_of

TYPED = Path(__file__).parent / "typed"
DOCS = Path(__file__).parents[2] / "docs" / "ingestion.md"
UUID_TEXT = "00000000-0000-0000-0000-000000000001"
LISBON = "Europe/Lisbon"


def in_both(row: str, array: Any, *expected: object) -> tuple[str, Any, tuple[object, ...], bool]:
    return row, array, expected, True


def in_arrow(row: str, array: Any, *expected: object) -> tuple[str, Any, tuple[object, ...], bool]:
    """Parquet has no such type."""
    return row, array, expected, False


INSTANT = 1_735_689_600
TIMES = [
    in_both(
        "timestamp, of any unit",
        pa.array([INSTANT * unit, None], pa.timestamp(name, zone)),
        "2025-01-01T00:00:00" + ("Z" if zone else ""),
        None,
    )
    for name, unit in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9))
    for zone in (None, "UTC", LISBON, "+05:30")
]
FRACTIONS = [
    in_both(
        "timestamp, of any unit",
        pa.array([INSTANT * 10**9 + more], pa.timestamp("ns", "UTC")),
        f"2025-01-01T00:00:00.{shown}Z",
    )
    for more, shown in ((1, "000000001"), (10**8, "100000"), (123_456_000, "123456"))
]
DURATIONS = [
    in_both(
        "duration, of any unit",
        pa.array([90 * unit, None, -unit], pa.duration(name)),
        *(90, None, -1),
    )
    for name, unit in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9))
]
INTEGERS = [
    in_both("int8 to int64, uint8 to uint64", pa.array([low, high], kind), low, high)
    for kind, low, high in (
        (pa.int8(), -128, 127),
        (pa.int16(), -(2**15), 2**15 - 1),
        (pa.int32(), -(2**31), 2**31 - 1),
        (pa.int64(), -(2**63), 2**63 - 1),
        (pa.uint8(), 0, 2**8 - 1),
        (pa.uint16(), 0, 2**16 - 1),
        (pa.uint32(), 0, 2**32 - 1),
        (pa.uint64(), 0, 2**64 - 1),
    )
]
LISTS = [
    in_both(
        "list, of fixed size or not",
        pa.array([[1, None], None, [3, 4]], kind),
        [1, None],
        None,
        [3, 4],
    )
    for kind in (
        pa.list_(pa.int8()),
        pa.large_list(pa.int8()),
        pa.list_(pa.int8(), 2),
    )
]
MADE = [
    *TIMES,
    *FRACTIONS,
    *DURATIONS,
    *INTEGERS,
    *LISTS,
    in_both("null", pa.array([None, None], pa.null()), None, None),
    in_both("boolean", pa.array([True, False, None]), True, False, None),
    in_both("float64", pa.array([0.7, None, float("nan"), float("inf")]), 0.7, None, None, "inf"),
    in_both(
        "float16, float32",
        pa.array([0.7, 0.3, 0.9, None, 1e-7], pa.float32()),
        0.7,
        0.3,
        0.9,
        None,
        1e-7,
    ),
    in_both("float16, float32", pa.array([0.7, None, 2], pa.float16()), 0.7, None, 2.0),
    in_both("string, ENUM", pa.array(["a", "", None]), "a", "", None),
    in_both("string, ENUM", pa.array(["a"], pa.large_string()), "a"),
    in_both("string, ENUM", pa.array(["a"], pa.string_view()), "a"),
    in_both(
        "binary, of fixed length or not", pa.array([b"text", b"\xff", None]), "text", "/w==", None
    ),
    in_both("binary, of fixed length or not", pa.array([b"text"], pa.large_binary()), "text"),
    in_both("binary, of fixed length or not", pa.array([b"text"], pa.binary_view()), "text"),
    in_both("binary, of fixed length or not", pa.array([b"text"], pa.binary(4)), "text"),
    in_both("date", pa.array([date(2025, 1, 31), None]), "2025-01-31", None),
    in_both("date", pa.array([date(2025, 1, 31)], pa.date64()), "2025-01-31"),
    in_both("time", pa.array([time(10), None], pa.time32("s")), "10:00:00", None),
    in_both("time", pa.array([time(10, 0, 0, 250_000)], pa.time32("ms")), "10:00:00.250000"),
    in_both("time", pa.array([time(10)], pa.time64("us")), "10:00:00"),
    in_both("time", pa.array([1], pa.time64("ns")), "00:00:00.000000001"),
    in_both("JSON", extension(pa.json_(), ['{"x": [1.5]}', None, "7"]), {"x": [1.5]}, None, 7),
    in_both("UUID", extension(pa.uuid(), [UUID(UUID_TEXT).bytes, None]), UUID_TEXT, None),
    in_both("bool8", extension(pa.bool8(), [1, 0, None]), True, False, None),
    in_both("dictionary", pa.array(["a", None, "a"]).dictionary_encode(), "a", None, "a"),
    in_arrow("dictionary", pa.array([0.7, None], pa.float32()).dictionary_encode(), 0.7, None),
    in_arrow("run-end encoded", pc.run_end_encode(pa.array([1, 1, None])), 1, 1, None),
    in_arrow(
        "list, of fixed size or not",
        pa.array([[1], None, []], pa.list_view(pa.int8())),
        [1],
        None,
        [],
    ),
    in_arrow("list, of fixed size or not", pa.array([[1]], pa.large_list_view(pa.int8())), [1]),
    in_arrow(
        "interval of Arrow",
        pa.array([(0, 1, 500_000_000), (1, 2, 3 * 10**9), None], pa.month_day_nano_interval()),
        *(86_400.5, "P1M2DT3S", None),
    ),
    in_both(
        "struct",
        pa.array([{"a": 1, "b": None}, None, {"a": None, "b": "x"}]),
        *({"a": 1}, None, {"b": "x"}),
    ),
    in_both(
        "map",
        pa.array([[("a", 0.7), ("b", None)], None, []], pa.map_(pa.string(), pa.float32())),
        *({"a": 0.7}, None, {}),
    ),
    in_both("map", pa.array([[(1, "x")]], pa.map_(pa.int32(), pa.string())), {"1": "x"}),
    *(
        in_both("decimal", pa.array([Decimal("1.10"), None], kind), 1.10, None)
        for kind in (
            pa.decimal32(5, 2),
            pa.decimal64(5, 2),
            pa.decimal128(5, 2),
            pa.decimal256(50, 2),
        )
    ),
    in_both(
        "list, of fixed size or not",
        pa.array(
            [[{"at": INSTANT, "took": 90_000, "score": 0.7}], None],
            pa.list_(
                pa.struct(
                    {
                        "at": pa.timestamp("s", LISBON),
                        "took": pa.duration("ms"),
                        "score": pa.float32(),
                    }
                )
            ),
        ),
        *([{"at": "2025-01-01T00:00:00Z", "took": 90, "score": 0.7}], None),
    ),
]
CASES = [
    (array, expected, write)
    for _, array, expected, both in MADE
    for write in (parquet_of, arrow_of, stream_of)
    if both or write is not parquet_of
]


@pytest.mark.parametrize(("array", "expected", "write"), CASES)
def test_a_type_is_read_as_what_it_means(
    tmp_path: Path,
    array: Any,
    expected: tuple[object, ...],
    write: Callable[[Path, Any], list[Any]],
) -> None:
    ids = [f"c{place}" for place in range(len(array))]
    table = pa.table({"call_id": ids, "payload.x": array})
    found = [record.get("payload", {}).get("x") for record in write(tmp_path / "x", table)]
    assert found == list(expected)


OTHERWISE_MADE = {"int128", "uint128", "INTERVAL of Parquet"}
REFUSED = {row.name for row in TYPES if row.read is None}


def test_every_type_has_a_row_a_case_and_a_line_in_the_documentation() -> None:
    assert {row.name for row in TYPES} == {row for row, *_ in MADE} | OTHERWISE_MADE | REFUSED
    text = DOCS.read_text(encoding="utf-8")
    for row in TYPES:
        assert f"| {row.name} | {row.becomes} |" in text


@pytest.mark.parametrize("name", ["int128.parquet", "int128.arrow", "int128.arrows"])
def test_integers_of_128_bits(name: str) -> None:
    read = parquet_lines if name.endswith("parquet") else arrow_lines
    lines = list(read(str(TYPED / name), rules()))
    assert records(lines) == [
        {
            "call_id": "c",
            "duration": 90,
            "payload": {
                "i": str(2**100),
                "u": str(2**128 - 1),
                "l": ["1", "-2"],
                "s": {"z": "1"},
            },
        },
        {"call_id": "d", "payload": {"i": "-1", "l": []}},
    ]


def test_integers_of_128_bits_as_duckdb_hands_them_out(tmp_path: Path) -> None:
    opaque = {name: pa.opaque(pa.binary(16), name, "DuckDB") for name in ("hugeint", "uhugeint")}
    columns = {f"payload.{name}": extension(kind, [b"\xff" * 16]) for name, kind in opaque.items()}
    table = pa.table({"call_id": ["c"], **columns})
    (record,) = arrow_of(tmp_path / "x.arrow", table)
    assert record["payload"] == {"hugeint": "-1", "uhugeint": str(2**128 - 1)}


def test_intervals_of_parquet(tmp_path: Path) -> None:
    path = str(tmp_path / "x.parquet")
    query = """
        SELECT 'c' AS call_id, 1 AS "payload.before", interval 90 SECOND AS duration,
            {'n': 1, 'i': interval '1 month 2 days 3 seconds'} AS "payload.inside"
    """
    duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    assert records(list(parquet_lines(path, rules()))) == [
        {
            "call_id": "c",
            "duration": 90,
            "payload": {"before": 1, "inside": {"n": 1, "i": "P1M2DT3S"}},
        }
    ]


def test_rows_are_numbered_through_all_batches(tmp_path: Path) -> None:
    table = pa.table({"call_id": [str(n) for n in range(12_000)], "call": range(12_000)})
    found = rules("payload.n=call")
    parquet.write_table(table, tmp_path / "x.parquet", row_group_size=700)
    feather.write_feather(table, tmp_path / "x.feather")
    assert row_count(str(tmp_path / "x.parquet")) == 12_000
    for lines in (
        list(parquet_lines(str(tmp_path / "x.parquet"), found)),
        list(arrow_lines(str(tmp_path / "x.feather"), found)),
    ):
        assert [line.number for line in lines] == list(range(1, 12_001))
        assert [record["payload"]["n"] for record in records(lines)] == list(range(12_000))


def test_columns_that_are_dropped_may_have_one_name(tmp_path: Path) -> None:
    table = pa.table([["1"], ["2"], ["c"]], names=["A", "A", "call_id"])
    parquet.write_table(table, tmp_path / "x.parquet")
    found = rules(dropped=("A",))
    assert records(list(parquet_lines(str(tmp_path / "x.parquet"), found))) == [{"call_id": "c"}]


def test_dates_and_times_are_joined(tmp_path: Path) -> None:
    table = pa.table({"call_id": ["c"], "d": [date(2025, 1, 5)], "t": [time(10, 30)]})
    parquet.write_table(table, tmp_path / "x.parquet")
    found = rules("started_at=d+t")
    (record,) = records(list(parquet_lines(str(tmp_path / "x.parquet"), found)))
    assert record["started_at"] == "2025-01-05 10:30:00"
