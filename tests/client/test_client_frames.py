"""Tables of answers, compared with what was answered value by value, and tables as records."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from callistics import Client
from callistics.client import Answer
from callistics.client.rows.records import rows_of
from callistics.queries import registry
from callistics.synthetic import generate_calls
from callistics.testing import RunningServer

Records = Callable[[int], list[dict[str, Any]]]
MEASURES = ("duration", "ring", "cost", "sentiment", "payload.cart_value")


@pytest.fixture(scope="session")
def synthetic(running: RunningServer) -> RunningServer:
    """The server with made-up calls of every kind, in the names of many merchants."""
    with running.client() as client:
        assert client.ingest(generate_calls(1_500, 7, detailed=True)).received >= 1_500
    return running


def asked_of_every_type() -> list[Any]:
    """Queries of each type: plain, in groups, compared, and in a zone by the hour."""
    span = {"date_from": "2025-11-01", "date_to": "2025-11-03"}
    ways: list[dict[str, Any]] = [
        {"filters": span, "timezone": "America/New_York", "granularity": "hour"},
        {"filters": span, "group_by": ["template_id", "payload.city"]},
        {"filters": span, "compare": "previous_period", "group_by": ["reseller_id"]},
        {"filters": {"merchant_id": "nobody"}},
    ]
    plain = [name for name, kind in registry().items() if not kind.takes_measure]
    return (
        [
            pytest.param({"query_type": name, **way}, id=f"{name}-{number}")
            for number, way in enumerate(ways)
            for name in plain
        ]
        + [
            pytest.param(
                {"query_type": "measure", "measure": measure, **way}, id=f"{measure}-{number}"
            )
            for number, way in enumerate(ways)
            for measure in MEASURES
        ]
        + [
            pytest.param(
                {
                    "query_type": "call_count",
                    "filters": span,
                    "group_by": ["date", "hour", "attempt"],
                },
                id="call_count-by-date",
            )
        ]
    )


def answered(server: RunningServer, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of the raw answer, numbers as they are written."""
    sent = httpx.post(
        f"{server.url}/analytics",
        json={**body, "page_size": 10_000},
        headers={"Authorization": f"Bearer {server.key}"},
        trust_env=False,
    )
    assert sent.status_code == 200, sent.text
    return json.loads(sent.content, parse_float=Decimal)["data"]


def check_columns(names: Sequence[str], rows: list[dict[str, Any]], table: pa.Table) -> None:
    assert all(list(row) == list(names) for row in rows)
    for name in names:
        kind = table.schema.field(name).type
        values = [row[name] for row in rows]
        assert not pa.types.is_floating(kind), name
        if name in ("date", "previous.date"):
            assert pa.types.is_string(kind)
        elif name.removeprefix("previous.") in ("count", "calls", "peak", "rank", "successes"):
            assert pa.types.is_int64(kind)
        elif any(isinstance(value, Decimal) for value in values):
            assert pa.types.is_decimal(kind), name


@pytest.mark.parametrize("body", asked_of_every_type())
def test_tables_have_the_values_of_the_answer(synthetic: RunningServer, body: Any) -> None:
    rows = answered(synthetic, body)
    with synthetic.client() as client:
        answer = client.query(**body)
    assert answer.rows == rows
    table = answer.to_arrow()
    assert table.to_pylist() == rows
    check_columns(table.column_names, rows, table)
    assert answer.to_polars().to_dicts() == rows
    frame: Any = answer.to_pandas()
    found = [
        {name: None if value is pd.NA else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]
    assert found == rows
    assert pa.Table.from_pandas(frame, preserve_index=False).schema.types == table.schema.types
    assert [str(one) for one in answer.to_polars().dtypes] == [
        str(one) for one in pl.DataFrame(table.slice(0, 0)).dtypes
    ]


def test_types_do_not_depend_on_the_rows(synthetic: RunningServer) -> None:
    """Also of no rows at all, and of figures that do not exist."""
    groups: Any = {"group_by": ["provider"]}
    with synthetic.client() as client:
        full = client.query("call_duration", compare=None, **groups)
        empty = client.query("call_duration", filters={"merchant_id": "nobody"}, **groups)
        nothing = client.query("call_duration", filters={"merchant_id": "nobody"})
    assert not empty.rows
    assert empty.to_arrow().schema == full.to_arrow().schema
    assert empty.to_polars().schema == full.to_polars().schema
    assert empty.to_pandas().dtypes.to_dict() == full.to_pandas().dtypes.to_dict()
    (row,) = nothing.to_arrow().to_pylist()
    assert row["avg"] is None
    assert nothing.to_arrow().schema == full.to_arrow().schema.remove(0)


def test_a_type_of_a_newer_server_has_the_types_of_its_values() -> None:
    rows = [
        {"name": "a", "count": 1, "share": Decimal("0.125"), "is": True, "none": None},
        {"name": None, "count": None, "share": 3, "is": None, "none": None},
    ]
    answer = Answer("to_come", rows, 2, 1, 10, {"query_type": "to_come"})
    assert answer.to_arrow().to_pylist() == rows
    assert [str(one) for one in answer.to_arrow().schema.types] == [
        "string",
        "int64",
        "decimal128(38, 3)",
        "bool",
        "string",
    ]
    assert Answer("to_come", [], 0, 1, 10, {"query_type": "to_come"}).to_polars().is_empty()


def test_figures_add_up_exactly(synthetic: RunningServer) -> None:
    with synthetic.client() as client:
        by_merchant = client.query("measure", measure="cost", group_by=["merchant_id"])
        whole = client.query("measure", measure="cost")
    frame: Any = by_merchant.to_pandas()
    sums = frame.groupby("currency")["sum"].sum()
    assert {row["currency"]: row["sum"] for row in whole} == dict(sums.items())
    totals = by_merchant.to_polars().group_by("currency").agg(pl.col("sum").sum())
    assert {row["currency"]: row["sum"] for row in whole} == dict(totals.rows())


def test_calls_as_tables(synthetic: RunningServer) -> None:
    zone = "America/New_York"
    sought: Any = {"filters": {"date_from": "2025-11-01"}, "timezone": zone}
    with synthetic.client() as client:
        calls = list(client.search_calls(**sought))
        found = client.search_calls(**sought)
        table, frame, other = found.to_arrow(), found.to_polars(), found.to_pandas()
    assert len(calls) > 20
    assert [_shown(row) for row in table.to_pylist()] == [_compared(one) for one in calls]
    assert frame.to_dicts() == table.to_pylist()
    assert other["cost"].dropna().tolist() == [v for v in frame["cost"] if v is not None]
    assert str(table.schema.field("started_at").type) == f"timestamp[us, tz={zone}]"
    assert frame.schema["started_at"] == pl.Datetime("us", zone)
    assert str(other.dtypes["started_at"]) == f"timestamp[us, tz={zone}][pyarrow]"
    assert frame.schema["cost"] == pl.Decimal(18, 6)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a table as JSON has it."""
    found = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }
    payload = found["payload"]
    return _compared({**found, "payload": None if payload is None else json.loads(payload)})


def _compared(call: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _moment(value) if name.endswith("_at") and value else value
        for name, value in json.loads(json.dumps(call, default=float)).items()
    }


def _moment(text: str) -> tuple[datetime, timedelta | None]:
    """The instant, and the offset that it is told with."""
    found = datetime.fromisoformat(text)
    return found, found.utcoffset()


def test_calls_of_a_table_are_the_records_that_they_were(
    client: Client, records: Records, merchant: str
) -> None:
    """Every way round: nothing is new to the server in what it answered."""
    client.ingest(records(12))
    found = client.search_calls(filters={"merchant_id": merchant})
    names = ["call_id", "merchant_id", "reseller_id", "started_at", "duration", "outcome"]
    names += ["cost", "currency", "payload", "updated_at"]
    for table in (found.to_arrow(), found.to_polars(), found.to_pandas()):
        kept = table[names] if isinstance(table, pd.DataFrame) else table.select(names)
        receipt = client.ingest(kept)
        assert (receipt.received, receipt.unchanged) == (12, 12)


def test_what_a_row_has_no_value_for_is_left_out() -> None:
    frame = pd.DataFrame({"call_id": ["a", "b"], "cost": [1.5, np.nan], "outcome": [None, "X"]})
    assert list(rows_of(frame)) == [{"call_id": "a", "cost": 1.5}, {"call_id": "b", "outcome": "X"}]
    nan = pl.DataFrame({"call_id": ["a"], "cost": [float("nan")]})
    assert list(rows_of(nan)) == [{"call_id": "a"}]


def test_the_places_of_rows_in_a_frame_are_no_field() -> None:
    """See findings/a-filtered-frame-has-a-column-more.sh; an index with a name is meant."""
    frame = pd.DataFrame({"call_id": list("abcde"), "outcome": list("XYXXY")})
    kept = [{"call_id": name, "outcome": "X"} for name in ("a", "c", "d")]
    busy = frame[frame.outcome == "X"]
    assert list(rows_of(busy)) == kept
    assert list(rows_of(busy.set_index("call_id"))) == kept
    assert list(rows_of(pd.concat([busy, busy]))) == kept * 2


def test_values_of_columns_are_exact() -> None:
    moment = datetime(2025, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    columns = {
        "text": pa.array(["a", "b"]).dictionary_encode(),
        "single": pa.array([0.1, None], pa.float32()),
        "half": pa.array([np.float16(0.1), None]),
        "decimal": pa.array([Decimal("0.10"), None]),
        "nanos": pa.array([1735787045678901234, None], pa.timestamp("ns", "UTC")),
        "local": pa.array([datetime(2025, 1, 2), None]),  # noqa: DTZ001 - local
        "day": pa.array([date(2025, 1, 2), None]),
        "length": pa.array([timedelta(milliseconds=1500), None]),
        "yes": pa.array([True, None]),
        "map": pa.array([[("a", 1), ("b", None)], None], pa.map_(pa.string(), pa.int64())),
        "object": pa.array([{"a": 1, "b": None, "c": [float("nan")]}, None]),
    }
    first, second = rows_of(pa.table(columns))
    assert second == {"text": "b"}
    assert first.pop("nanos") == moment
    assert first == {
        "text": "a",
        "single": 0.1,
        "half": 0.099975586,
        "decimal": Decimal("0.10"),
        "local": datetime(2025, 1, 2),  # noqa: DTZ001
        "day": date(2025, 1, 2),
        "length": Decimal("1.5"),
        "yes": True,
        "map": {"a": 1},
        "object": {"a": 1, "c": [None]},
    }


def test_payloads_of_columns() -> None:
    frame = pl.DataFrame(
        {"payload": ['{"age": 0.10, "city": "x"}', None], "payload.city": ["Delhi", None]}
    )
    first, second = rows_of(frame)
    assert first == {"payload": {"age": Decimal("0.10"), "city": "Delhi"}}
    assert second == {}


def test_a_reader_is_read_a_part_at_a_time() -> None:
    taken = 0

    def parts() -> Any:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield pa.record_batch({"call_id": [str(number)]})

    reader = pa.RecordBatchReader.from_batches(pa.schema([("call_id", pa.string())]), parts())
    rows = rows_of(reader)
    assert next(rows) == {"call_id": "0"}
    assert taken <= 2
