"""All rows of an answer: the same as on its pages, with few of them in memory."""

import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pytest

from callistics.errors import Refused
from callistics.exports.export import Exports
from callistics.exports.formats import FORMATS, Format
from callistics.exports.names import file_name
from callistics.model.json import encode
from callistics.model.scope import EVERYTHING
from callistics.model.time_range import TimeRange
from callistics.model.zones import zone
from callistics.records.columnar.column_rows import ColumnRows
from callistics.sql.dialect import SqlRow, Statement
from callistics.sql.selection import Policy
from support.store import Store, opened

MEGABYTE = 2**20


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with opened() as found:
        yield found


def texts(rows: int) -> Any:
    return pa.array(f"value-{number:09}" for number in range(rows))


def ones(rows: int) -> Any:
    return pa.array([1] * rows, pa.int64())


def exports_of(store: Store, table: Any, policy: Policy | None = None) -> Exports:
    """Exports that find the rows of a table, whatever is asked."""

    def run(_: Statement) -> Sequence[SqlRow]:
        return ColumnRows(table)

    return Exports(store.analytics(policy), run)


GROUPS = {"query_type": "call_count", "group_by": ["payload.key"]}
ONE_GROUP = {"query_type": "outcome_distribution"}
ARRANGED = {"query_type": "conversion_funnel"}


def peak(store: Store, asked: Any, rows: int, format_: Format) -> float:
    """The most that is in memory (MB) while an answer with so many rows is written."""
    table: Any = pa.table({"k0": texts(rows), "n": ones(rows)})
    arrow = pa.total_allocated_bytes()
    most = 0
    tracemalloc.start()
    try:
        export = exports_of(store, table).of_query(encode(asked), EVERYTHING, store.now)
        for piece in export.written(format_):
            most = max(most, pa.total_allocated_bytes() - arrow + len(piece))
        return (tracemalloc.get_traced_memory()[1] + most) / MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("asked", "name"),
    [(GROUPS, "csv"), (ONE_GROUP, "arrow"), (ARRANGED, "ndjson"), (GROUPS, "parquet")],
)
def test_no_more_is_in_memory_for_more_rows(store: Store, asked: Any, name: str) -> None:
    few, many = (peak(store, asked, rows, FORMATS[name]) for rows in (12_000, 24_000))
    # The rows between would take more than three megabytes.
    assert many < few + 2


def test_too_many_rows_are_refused_before_the_first_is_sent(store: Store) -> None:
    table: Any = pa.table({"k0": texts(2_000), "k1": ones(2_000), "n": ones(2_000)})
    asked = {
        "query_type": "calls_over_time",
        "group_by": ["payload.key"],
        "granularity": "minute",
        "filters": {"date_from": "2025-01-01", "date_to": "2025-01-01"},
    }
    with pytest.raises(Refused, match="1,000,000 rows"):
        exports_of(store, table).of_query(encode(asked), EVERYTHING, store.now)


def test_the_stages_of_every_group_are_rows(store: Store) -> None:
    table: Any = pa.table({"k0": texts(2_000), "k1": ones(2_000), "n": ones(2_000)})
    policy = Policy(lead_stages=tuple(f"stage {number}" for number in range(501)))
    asked = {"query_type": "conversion_funnel", "group_by": ["payload.key"]}
    with pytest.raises(Refused, match="1,000,000 rows"):
        exports_of(store, table, policy).of_query(encode(asked), EVERYTHING, store.now)


def test_rows_of_columns_are_rows() -> None:
    table: Any = pa.table({"k": texts(12_000), "n": ones(12_000)})
    rows = ColumnRows(table)
    assert len(rows) == 12_000
    assert list(rows)[11_999] == ("value-000011999", 1)
    assert tuple(rows[7]) == ("value-000000007", 1)
    part = rows[5_999:6_001]
    assert [row[0] for row in part] == ["value-000005999", "value-000006000"]
    assert [row[0] for row in part[1:]] == ["value-000006000"]


def test_a_sum_beyond_what_doubles_hold_is_exact(store: Store) -> None:
    table: Any = pa.table(
        {
            "n_timed": ones(1),
            "total_ms": pa.array([9_007_199_254_740_993_125], pa.int64()),
            **{name: ones(1) for name in ("min_ms", "max_ms", "p50", "p90", "p95", "p99")},
        }
    )
    export = exports_of(store, table).of_query(
        encode({"query_type": "call_duration"}), EVERYTHING, store.now
    )
    data = b"".join(export.written(FORMATS["ndjson"]))
    assert b'"total":9007199254740993.125,' in data


DAY = 86_400_000_000
NEW_YEAR = 20_089 * DAY


@pytest.mark.parametrize(
    ("begin", "end", "name"),
    [
        (None, None, "call_count_all.csv"),
        (NEW_YEAR, None, "call_count_from_2025-01-01.csv"),
        (None, NEW_YEAR, "call_count_until_2024-12-31.csv"),
        (NEW_YEAR, NEW_YEAR + DAY, "call_count_2025-01-01.csv"),
        (NEW_YEAR, NEW_YEAR + 31 * DAY, "call_count_2025-01-01_to_2025-01-31.csv"),
        (NEW_YEAR, NEW_YEAR + DAY // 2, "call_count_2025-01-01_to_2025-01-01T1200.csv"),
        (NEW_YEAR + 1_000_000, None, "call_count_from_2025-01-01T000001.csv"),
        (2_932_896 * DAY, 2_932_897 * DAY, "call_count_9999-12-31.csv"),
    ],
)
def test_names_tell_the_range(begin: int | None, end: int | None, name: str) -> None:
    assert file_name("call_count", TimeRange(zone("UTC"), begin, end), "csv") == name


def test_names_are_in_days_of_the_zone() -> None:
    begin = NEW_YEAR - 19_800_000_000
    about = TimeRange(zone("Asia/Kolkata"), begin, begin + DAY)
    assert file_name("x", about, "parquet") == "x_2025-01-01.parquet"
