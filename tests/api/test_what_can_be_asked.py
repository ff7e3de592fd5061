"""What there is to ask and to filter by, over HTTP: shapes, scopes, tags, refusals."""

from typing import Any

import pytest

from callistics.analytics.parse import BODY_FIELDS
from callistics.catalog.filters import FILTERS
from callistics.catalog.measures import MEASURES
from callistics.catalog.payload_operators import OPERATORS
from callistics.model.instants import DAY, now, utc_text
from callistics.queries import registry
from callistics.records.unreached import sources_by_key
from support.server import Server, problem

MINE = {"template_ids": ["t1"]}


def call(number: int, template: str = "t1", **fields: Any) -> dict[str, Any]:
    owner = {"merchant_id": "m", "reseller_id": "r", "template_id": template}
    start = utc_text(now() - DAY)
    return {"call_id": f"c{number}", "started_at": start, "lead_id": "L", **owner, **fields}


def found(server: Server, path: str, key: str = "", **params: Any) -> Any:
    answer = server.request("GET", f"/analytics/{path}", key=key, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def send(server: Server, *calls: dict[str, Any]) -> None:
    assert server.request("POST", "/calls", json=list(calls)).status_code == 200


def test_values_and_keys_are_those_of_the_keys_scope(server: Server) -> None:
    send(
        server,
        call(1, outcome="A", payload={"city": "Pune"}),
        call(2, outcome="B", payload={"city": "Delhi", "age": 7}),
        call(3, "t2", outcome="C", payload={"secret": True}),
    )
    key = server.make_key(MINE, "query")
    both = [{"value": "A", "calls": 1}, {"value": "B", "calls": 1}]
    assert found(server, "values", key, field="outcome") == {"data": both}
    assert found(server, "values", key, field="template_id")["data"] == [
        {"value": "t1", "calls": 2}
    ]
    assert found(server, "values", key, field="payload.secret") == {"data": []}
    assert len(found(server, "values", field="outcome", limit=2)["data"]) == 2
    assert found(server, "values", field="outcome", prefix="c")["data"][0]["value"] == "C"
    assert found(server, "payload-keys", key) == {
        "data": [
            {"key": "city", "types": ["string"], "calls": 2},
            {"key": "age", "types": ["number"], "calls": 1},
        ],
        "complete": True,
    }
    assert "secret" in [one["key"] for one in found(server, "payload-keys")["data"]]


def test_kept_values_are_of_the_scope_and_of_now(server: Server) -> None:
    send(server, call(1, outcome="A"), call(2, "t2", outcome="B"))
    key = server.make_key(MINE, "query")
    for _ in range(2):
        assert len(found(server, "values", field="outcome")["data"]) == 2
        assert len(found(server, "values", key, field="outcome")["data"]) == 1
    send(server, call(3, outcome="D"))
    assert len(found(server, "values", field="outcome")["data"]) == 3
    assert found(server, "values", field="outcome", limit=1)["data"][0]["value"] == "A"


@pytest.mark.parametrize("path", ["types", "payload-keys", "values?field=outcome"])
def test_a_key_needs_to_be_allowed_to_query(shared_server: Server, path: str) -> None:
    key = shared_server.make_key(None, "ingest")
    problem(shared_server.request("GET", f"/analytics/{path}", key=key), 403)
    problem(shared_server.request("GET", f"/analytics/{path}", key=None), 401)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 400, "field is required"),
        ("field=outcom", 400, 'did you mean "outcome"'),
        ("field=outcome&limit=0", 422, "limit"),
        ("field=outcome&limit=1001", 422, "limit"),
        ("field=outcome&limit=1.5", 400, "limit"),
        ("field=outcome&prefx=a", 400, 'did you mean "prefix"'),
        ("field=outcome&field=status", 400, "2 times"),
        ("field=outcome&timezone=UTC", 400, "unknown query parameter timezone"),
    ],
)
def test_what_is_wrong_is_named(shared_server: Server, query: str, status: int, words: str) -> None:
    answer = shared_server.request("GET", f"/analytics/values?{query}")
    body = problem(answer, status)
    assert words in str(body["errors"])
    # There is no body that it could be about.
    assert body["detail"] == "; ".join(one["message"] for one in body["errors"])


def test_the_description_is_the_same_until_something_changes(shared_server: Server) -> None:
    first = shared_server.request("GET", "/analytics/types")
    tag = first.headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        headers = {"If-None-Match": known}
        again = shared_server.request("GET", "/analytics/types", headers=headers)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = shared_server.request("GET", "/analytics/types", headers={"If-None-Match": '"other"'})
    assert other.content == first.content


def named(items: list[dict[str, Any]]) -> list[str]:
    assert all(one["description"] for one in items)
    return [one["name"] for one in items]


def test_everything_that_can_be_asked_is_described(shared_server: Server) -> None:
    told = found(shared_server, "types")
    assert named(told["query_types"]) == list(registry())
    for one in told["query_types"]:
        kind = registry()[one["name"]]
        assert named(one["fields"])[: len(kind.columns)] == [field.name for field in kind.columns]
        assert one["request"]["properties"].keys() == set(BODY_FIELDS)
        assert one["group_by"] == [*kind.groupable, "payload.<key>"]
        rows = shared_server.ask(**one["example"]).json()
        assert rows["query_type"] == one["name"]
    assert named(told["filters"]) == list(FILTERS) == list(told["schemas"]["Filters"]["properties"])
    assert named(told["payload_operators"]) == list(OPERATORS)
    assert named(told["measures"]) == [*MEASURES, "payload.<key>"]
    assert [one["key"] for one in told["unreached_outcomes"]] == list(sources_by_key())
    assert told["settings"]["success_outcomes"] is None


def test_fields_and_filters_say_what_they_are(shared_server: Server) -> None:
    told = found(shared_server, "types")
    kinds = {one["name"]: one for one in told["query_types"]}
    rate = {one["name"]: one for one in kinds["success_rate"]["fields"]}["success_rate"]
    assert (rate["type"], rate["nullable"], rate["role"]) == ("number", True, "figure")
    assert kinds["calls_over_time"]["time_series"]
    assert not kinds["call_count"]["time_series"]
    filters = {one["name"]: one for one in told["filters"]}
    assert filters["direction"]["values"] == ["outbound", "inbound"]
    assert filters["status"]["tests"] == {"calls": "leads", "leads": "leads"}
    assert filters["provider"]["tests"] == {"calls": "calls", "leads": "calls"}
    assert (filters["outcome"]["type"], filters["outcome"]["list"]) == ("string", True)
    assert filters["date_range"]["instead_of"] == ["date_from", "date_to"]
