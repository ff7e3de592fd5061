"""All rows of an answer in the formats of exports, on each engine."""

import csv
import io
import itertools
import json
from decimal import Decimal
from typing import Any

import httpx
import pyarrow as pa
import pytest
from pyarrow import ipc, parquet

from callistics.exports.formats import FORMATS
from callistics.queries import registry
from support.server import Server, problem

CALL = {"merchant_id": "m", "reseller_id": "r", "status": "new", "currency": "EUR"}
OUTCOMES = ["=1+1", "", None, 'a "b", c']
LISBON = {"timezone": "Europe/Lisbon", "granularity": "hour"}


@pytest.fixture
def filled(server: Server) -> Server:
    for number in range(8):
        call = {
            **CALL,
            "call_id": f"c{number}",
            "started_at": f"2025-10-26T0{number % 2}:30:00Z",
            "outcome": OUTCOMES[number % 4],
            "duration": number * 1.5 if number % 3 else None,
            "sentiment": number / 10,
            "cost": number / 7,
            "payload": {"city": ["Delhi", "@x"][number % 2]},
        }
        assert server.request("POST", "/calls", json=call).status_code == 200
    return server


def export(server: Server, name: str, body: Any, **options: Any) -> httpx.Response:
    headers = {"Accept": FORMATS[name].media_type}
    return server.request("POST", "/analytics", json=body, headers=headers, **options)


def read(name: str, answer: httpx.Response) -> list[dict[str, Any]]:
    """The rows with their values as texts, as CSV has them; "" and null alike."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == FORMATS[name].content_type
    data: Any = io.BytesIO(answer.content)
    rows: list[dict[str, Any]]
    if name == "csv":
        rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    elif name == "ndjson":
        rows = [json.loads(line, parse_float=Decimal) for line in answer.text.splitlines()]
    else:
        table: Any = (
            ipc.open_stream(data).read_all() if name == "arrow" else parquet.read_table(data)
        )
        rows = table.to_pylist()
    return [{field: text_of(value) for field, value in row.items()} for row in rows]


def text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal | float):
        return f"{Decimal(str(value)).normalize():f}"
    if isinstance(value, str):
        try:
            return f"{Decimal(value).normalize():f}"
        except ArithmeticError:
            return value.removeprefix("'")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def test_each_type_has_the_rows_of_its_pages(filled: Server, engine: str) -> None:
    # How a format is written is no engine's: it is enough there that each has some of the types.
    turns = itertools.cycle([[name] for name in FORMATS] if engine != "duckdb" else [[*FORMATS]])
    for query_type, kind in registry().items():
        more = {"measure": "cost"} if kind.takes_measure else {}
        dated = [] if kind.uses_granularity else ["date"]
        for grouped in ({}, {"group_by": ["payload.city", *dated], **LISBON}):
            body = {"query_type": query_type, **more, **grouped}
            page = json.loads(
                filled.request("POST", "/analytics", json=body).text, parse_float=Decimal
            )
            assert page["data"]
            wanted = [
                {field: text_of(value) for field, value in row.items()} for row in page["data"]
            ]
            for name in next(turns):
                found = read(name, export(filled, name, {**body, "page_size": 1, "page": 3}))
                assert found == wanted, (name, body)


def test_times_have_their_offsets_and_their_zone(filled: Server) -> None:
    body = {"query_type": "calls_over_time", **LISBON}
    labels = ["2025-10-26T01:00:00+01:00", "2025-10-26T01:00:00+00:00"]
    assert [
        row["date"] for row in csv.DictReader(export(filled, "csv", body).iter_lines())
    ] == labels
    lines = export(filled, "ndjson", body).text.splitlines()
    assert [json.loads(line)["date"] for line in lines] == labels
    table: Any = ipc.open_stream(export(filled, "arrow", body).content).read_all()
    assert table.schema.field("date").type == pa.timestamp("us", tz="Europe/Lisbon")
    assert table.schema.metadata[b"timezone"] == b"Europe/Lisbon"
    micros = [1_761_436_800_000_000, 1_761_440_400_000_000]
    assert table.column("date").cast(pa.int64()).to_pylist() == micros


def test_the_headers(shared_server: Server) -> None:
    filters = {"date_from": "2025-01-01", "date_to": "2025-01-31"}
    headers = export(
        shared_server, "parquet", {"query_type": "call_count", "filters": filters}
    ).headers
    assert headers["content-disposition"] == (
        'attachment; filename="call_count_2025-01-01_to_2025-01-31.parquet"'
    )
    assert headers["callistics-range"] == "2025-01-01T00:00:00+00:00/2025-02-01T00:00:00+00:00"
    assert headers["callistics-complete-until"] == "2025-02-01T00:00:00+00:00"
    assert headers["server-timing"].startswith("total;dur=")
    assert "content-length" not in headers


def test_nothing_matches(shared_server: Server) -> None:
    body = {"query_type": "top_outcomes"}
    assert export(shared_server, "csv", body).text == "rank,outcome,count,percentage\r\n"
    assert export(shared_server, "ndjson", body).text == ""
    assert read("parquet", export(shared_server, "parquet", body)) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"query_type": "call_cuont"}, 400),
        ({"query_type": "call_count", "page_size": 0}, 422),
        ({"query_type": "call_count", "page": "x"}, 400),
        (
            {
                "query_type": "calls_over_time",
                "granularity": "minute",
                "filters": {"date_from": "1990-01-01", "date_to": "2020-01-01"},
            },
            422,
        ),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_sent(
    shared_server: Server, body: Any, status: int
) -> None:
    problem(export(shared_server, "csv", body), status)


def test_json_is_a_page_as_ever(shared_server: Server) -> None:
    for accepted in ("*/*", "application/json", "text/html, */*;q=0.1"):
        headers = {"Accept": accepted}
        body = {"query_type": "call_count"}
        answer = shared_server.request("POST", "/analytics", json=body, headers=headers)
        assert answer.json()["data"] == [{"count": 0}]


def test_what_is_not_to_be_had_is_refused_with_what_is(shared_server: Server) -> None:
    headers = {"Accept": "application/vnd.ms-excel"}
    body = {"query_type": "call_count"}
    found = problem(shared_server.request("POST", "/analytics", json=body, headers=headers), 406)
    for name in FORMATS.values():
        assert name.media_type in found["detail"]


def test_formulas_are_kept_where_that_is_asked_for(filled: Server) -> None:
    body = {"query_type": "top_outcomes", "filters": {"outcome": "=1+1"}}
    lines = [export(filled, "csv", body).text.splitlines()[1]]
    headers = {"Accept": "text/csv"}
    path = "/analytics?formulas=keep"
    lines.append(filled.request("POST", path, json=body, headers=headers).text.splitlines()[1])
    assert lines == ["1,'=1+1,2,100.0", "1,=1+1,2,100.0"]


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("formulas=drop", "text/csv"),
        ("formulas=", "text/csv"),
        ("formulas=keep&formulas=keep", "text/csv"),
        ("formula=keep", "text/csv"),
        ("header=absent", "text/csv"),
    ],
)
def test_other_parameters_are_refused(shared_server: Server, query: str, accept: str) -> None:
    body = {"query_type": "call_count"}
    path = f"/analytics?{query}"
    problem(shared_server.request("POST", path, json=body, headers={"Accept": accept}), 400)


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
def test_other_formats_have_no_formulas(shared_server: Server, accept: str) -> None:
    body, headers = {"query_type": "call_count"}, {"Accept": accept}
    path = "/analytics?formulas=keep"
    problem(shared_server.request("POST", path, json=body, headers=headers), 422)


def test_only_what_the_key_may_see(filled: Server) -> None:
    body = {"query_type": "call_count"}
    other = filled.make_key({"merchant_ids": ["other"]}, "query")
    assert export(filled, "csv", body, key=other).text == "count\r\n0\r\n"
    forbidden = {**body, "filters": {"merchant_id": "m"}}
    problem(export(filled, "csv", forbidden, key=other), 403)
    problem(export(filled, "csv", body, key=filled.make_key(None, "ingest")), 403)


def search(server: Server, name: str, **body: Any) -> httpx.Response:
    headers = {"Accept": FORMATS[name].media_type}
    return server.request("POST", "/calls/search", json=body, headers=headers)


@pytest.mark.parametrize("name", ["csv", "ndjson", "parquet"])
def test_all_calls_of_a_search(filled: Server, name: str) -> None:
    page = filled.request("POST", "/calls/search", json={"order": "started_at"}).json()["data"]
    answer = search(filled, name, order="started_at", limit=2)
    assert [row["call_id"] for row in read(name, answer)] == [call["call_id"] for call in page]
    assert answer.headers["content-disposition"].startswith('attachment; filename="calls_all.')
    if name == "ndjson":
        assert [json.loads(line) for line in answer.text.splitlines()] == page
    if name == "parquet":
        table: Any = parquet.read_table(io.BytesIO(answer.content))
        assert table.column_names == list(page[0])
        assert table.schema.field("cost").type == pa.decimal128(18, 6)
        assert table.column("payload").to_pylist() == [
            json.dumps(call["payload"], separators=(",", ":")) for call in page
        ]


def test_an_export_of_calls_takes_no_cursor(filled: Server) -> None:
    body = {"limit": 2}
    cursor = filled.request("POST", "/calls/search", json=body).json()["next_cursor"]
    for given in (cursor, "x", "", 1):
        problem(search(filled, "csv", **body, cursor=given), 400)
        told = problem(search(filled, "csv", limit=0, cursor=given), 400)
        assert [one["pointer"] for one in told["errors"]] == ["/limit", "/cursor"]
    problem(search(filled, "csv", limit=0), 422)
