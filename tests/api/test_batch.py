"""`POST /analytics/batch`: many queries, one state, each with its own answer or problem."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from callistics.queries import registry
from support.server import Server, problem, serving

CALL = {"merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01T10:00:00Z"}
COUNT = {"query_type": "call_count"}
OUTCOMES = {"query_type": "outcome_distribution"}
SERIES = {"query_type": "calls_over_time"}


def send(server: Server, call_id: str, **fields: object) -> None:
    answer = server.request("POST", "/calls", json={"call_id": call_id, **CALL, **fields})
    assert answer.status_code == 200, answer.text


def batch(server: Server, *queries: Any, key: str = "", **options: Any) -> httpx.Response:
    body = {"queries": list(queries)}
    return server.request("POST", "/analytics/batch", key=key, json=body, **options)


def answers(server: Server, *queries: Any, key: str = "") -> list[Any]:
    found = batch(server, *queries, key=key)
    assert found.status_code == 200, found.text
    return found.json()["answers"]


def test_each_answer_is_the_bytes_of_the_query_alone(server: Server) -> None:
    send(server, "a", outcome="BUSY", duration=3, payload={"city": "Delhi"}, cost=1)
    send(server, "b", outcome="OK", sentiment=0.5, status="new")
    queries = [
        {"query_type": name, **({"measure": "cost"} if kind.takes_measure else {}), **more}
        for name, kind in registry().items()
        for more in ({}, {"filters": {"payload_filters": {"city": "Delhi"}}})
    ]
    alone = [server.request("POST", "/analytics", json=query).text for query in queries]
    assert batch(server, *queries).text == f'{{"answers":[{",".join(alone)}]}}'


WRONG = [
    {},
    {"query_type": "call_cuont"},
    {"query_type": "call_count", "filters": {"merchant_id": 1}},
    {"query_type": "call_count", "filters": {"date_from": "2025-02-30"}},
    {"query_type": "calls_over_time", "granularity": "minute", "filters": {"date_from": "1990"}},
    {"query_type": "call_count", "page": 0, "extra": 1},
]


def test_each_problem_is_that_of_the_query_alone(shared_server: Server) -> None:
    found = answers(shared_server, *WRONG, COUNT)
    for query, told in zip(WRONG, found, strict=False):
        alone = shared_server.request("POST", "/analytics", json=query)
        assert told == alone.json()
        assert told["status"] == alone.status_code >= 400
    assert found[-1]["data"] == [{"count": 0}]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ("{}", ["/queries"]),
        ('{"queries": null}', ["/queries"]),
        ('{"queries": {}}', ["/queries"]),
        ('{"queries": []}', ["/queries"]),
        (json.dumps({"queries": [COUNT] * 51}), ["/queries"]),
        ('{"queries": [{}, 1, null, []]}', ["/queries/1", "/queries/2", "/queries/3"]),
        ('{"queries": [{}], "querys": 1, "page": 2}', ["/querys", "/page"]),
        ("[]", [""]),
        ("", [""]),
        ('{"queries": [{"query_type": "call_count", "query_type": "call_count"}]}', [""]),
        ('{"queries": [{}], "queries": [{}]}', [""]),
    ],
)
def test_what_is_no_list_of_queries_is_refused(
    shared_server: Server, body: str, pointers: list[str]
) -> None:
    headers = {"Content-Type": "application/json"}
    found = shared_server.request("POST", "/analytics/batch", content=body, headers=headers)
    assert [one["pointer"] for one in problem(found, 400)["errors"]] == pointers


def test_fifty_queries_are_taken(shared_server: Server) -> None:
    pages = [{**COUNT, "page": page} for page in range(1, 51)]
    found = answers(shared_server, *pages)
    assert [one["page"] for one in found] == list(range(1, 51))


def test_a_large_body_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, query_body_limit=2_000) as server:
        assert batch(server, COUNT).status_code == 200
        problem(batch(server, *[{**COUNT, "filters": {"outcome": "x" * 60}}] * 40), 413)


def test_only_json_is_taken_and_given(shared_server: Server) -> None:
    headers = {"Content-Type": "text/csv"}
    problem(batch(shared_server, COUNT, headers=headers), 415)
    for accepted in ("*/*", "application/json", "text/csv, application/*;q=0.1", ""):
        assert batch(shared_server, COUNT, headers={"Accept": accepted}).status_code == 200
    for accepted in ("text/csv", "application/json;q=0", "application/x-ndjson, text/*;q=0.5"):
        problem(batch(shared_server, COUNT, headers={"Accept": accepted}), 406)


def test_the_headers_of_one_range_are_left_out(shared_server: Server) -> None:
    headers = batch(shared_server, COUNT, SERIES).headers
    assert headers["server-timing"].startswith("total;dur=")
    assert not [name for name in headers if name.startswith("callistics-")]


def test_it_wants_a_key_that_may_query(server: Server) -> None:
    problem(server.request("POST", "/analytics/batch", key=None, json={"queries": [COUNT]}), 401)
    problem(batch(server, COUNT, key=server.make_key(None, "ingest")), 403)


def test_each_query_is_answered_within_the_scope(server: Server) -> None:
    send(server, "a")
    send(server, "b", merchant_id="other", outcome="FOREIGN")
    key = server.make_key({"merchant_ids": ["m"]}, "query")
    of_all = answers(server, COUNT, OUTCOMES)
    foreign = {**COUNT, "filters": {"merchant_id": "other"}}
    own = {**COUNT, "filters": {"merchant_id": "m"}}
    count, outcomes, refused, named = answers(server, COUNT, OUTCOMES, foreign, own, key=key)
    assert of_all[0]["data"] == [{"count": 2}]
    assert count["data"] == named["data"] == [{"count": 1}]
    assert [row["outcome"] for row in outcomes["data"]] == [None]
    assert refused["status"] == 403
    assert refused == server.ask("call_count", key=key, filters=foreign["filters"]).json()


def test_each_query_counts_for_the_rate_limit(tmp_path: Path) -> None:
    with serving(tmp_path, rate_limit=10) as server:
        key = server.make_key(None, "query")
        assert batch(server, *[COUNT] * 6, key=key).status_code == 200
        refused = batch(server, *[COUNT] * 6, key=key)
        assert int(refused.headers["retry-after"]) > 0
        problem(refused, 429)
        assert batch(server, *[COUNT] * 2, key=key).status_code == 200
        other = server.make_key(None, "query")
        assert batch(server, *[COUNT] * 50, key=other).status_code == 200
        problem(batch(server, COUNT, key=other), 429)
