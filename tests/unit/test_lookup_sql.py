"""The conditions of a lookup: the rows of the weeks and merchants of the ids that are sought."""

from collections import Counter
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from callistics.engines.duckdb.lookup.lookup_sql import scans, since, weeks_of, within


def test_times_that_have_no_week() -> None:
    times = pa.array([None, -1, 0, 7 * 86_400_000_000, 4_096 * 7 * 86_400_000_000])
    assert weeks_of(times.cast(pa.timestamp("us"))).tolist() == [0, 0, 0, 1, 0]


def _days(started: list[int], condition: str, **columns: list[str]) -> list[tuple[Any, ...]]:
    """The days, and other columns, of rows that meet a condition."""
    times = pa.array([day * 86_400_000_000 for day in started], pa.timestamp("us"))
    texts = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    rows = pa.table({"started_at": times, "day": pa.array(started, pa.int64()), **texts})
    return duckdb.from_arrow(rows).filter(condition).select("day", *columns).fetchall()


@given(
    st.lists(st.integers(1, 4_095), unique=True, max_size=30).map(sorted),
    st.lists(st.integers(-10, 30_000), max_size=30),
)
def test_rows_of_the_weeks_are_within_and_no_more_than_need_be(
    wanted: list[int], days: list[int]
) -> None:
    found = {day for (day,) in _days(days, within("calls", np.array(wanted, np.uint32)))}
    exact = {day for day in days if day // 7 in wanted}
    assert exact <= found <= {day for day in days if wanted and wanted[0] <= day // 7 <= wanted[-1]}
    if len(wanted) <= 8:
        assert found == exact


MERCHANTS = ("m", "n", "it's", "m\x00", "ü\n", "", "a\\", "$1;--?{}", "\u00a0")
SOUGHT = st.tuples(st.integers(1, 400), st.sampled_from(MERCHANTS))


@given(
    st.lists(SOUGHT, max_size=60),
    st.lists(st.tuples(st.integers(0, 2_900), st.sampled_from(MERCHANTS)), max_size=60),
    st.sampled_from([1, 4, 101]),
)
def test_each_row_that_is_sought_is_scanned_once(
    sought: list[tuple[int, str]], rows: list[tuple[int, str]], most: int
) -> None:
    weeks = np.array([week for week, _ in sought], np.uint32)
    merchants = [merchant for _, merchant in sought]
    rows += [(week * 7 + 3, merchant) for week, merchant in sought]
    days, named = [day for day, _ in rows], [merchant for _, merchant in rows]
    conditions = scans("calls", most, weeks, merchants)
    found = [row for one in conditions for row in _days(days, one, merchant_id=named)]
    wanted = [row for row in rows if (row[0] // 7, row[1]) in sought]
    assert Counter(wanted) <= Counter(found) <= Counter(rows)
    if 1 < len(sought) <= most and all(map(str.isprintable, merchants)):
        assert {merchant for _, merchant in found} <= set(merchants)
    (anywhere,) = scans("calls", most, None, merchants)
    assert set(wanted) <= set(_days(days, anywhere, merchant_id=named))
    later = set(_days(days, since("calls", weeks, merchants), merchant_id=named))
    assert {
        row for row in rows if sought and row[0] // 7 >= min(weeks) and row[1] in merchants
    } <= later


def test_a_few_are_looked_for_among_those_of_their_merchants() -> None:
    weeks, merchants = np.array([100, 101, 160], np.uint32), ["a", "b", "a"]
    first, second = scans("calls", 3, weeks, merchants)
    assert first.endswith(" AND merchant_id IN ('a', 'b')")
    assert second.endswith(" AND merchant_id IN ('a')")
    assert _days([700, 713, 714], first, merchant_id=["a", "b", "a"]) == [(700, "a"), (713, "b")]
    assert _days([1119, 1120, 1126], second, merchant_id=["a"] * 3) == [(1120, "a"), (1126, "a")]
    assert scans("calls", 2, weeks, merchants) == [within("calls", weeks)]
    assert scans("calls", 1, None, [str(number) for number in range(51)]) == ["TRUE"]


def test_any_week_will_do_where_none_is_known() -> None:
    some = ["it's"]
    assert scans("calls", 1, None, some) == ["merchant_id IN ('it''s')"]
    assert since("calls", None, some) == "merchant_id IN ('it''s')"
    assert scans("calls_held", 1, np.array([2_900], np.uint32), some) == [
        "merchant_id IN ('it''s')"
    ]
    assert within("calls", np.array([], np.uint32)) == "(FALSE)"
    assert scans("calls", 1, np.array([], np.uint32), []) == ["(FALSE)"]
