"""What is wrong with a request, told as precisely as it can be."""

import json
from typing import Any

import pytest

from support.server import Server, problem

COUNT = {"query_type": "call_count"}


HINTS: list[tuple[dict[str, Any], str]] = [
    ({"granularity": "Days"}, '"day"'),
    ({"granularity": "MINUTE"}, '"minute"'),
    ({"timezone": "EUROPE/lisbon"}, '"Europe/Lisbon"'),
    ({"filters": {"MERCHANT_ID": "m"}}, '"merchant_id"'),
    ({"filters": {"payload_filters": {"a": {"GTE": 1}}}}, '"gte"'),
    ({"filters": {"payload_filters": {"a": {"startsWith": "x"}}}}, '"starts_with"'),
    ({"group_by": ["Provider"]}, '"provider"'),
    ({"Page_Size": 5}, '"page_size"'),
]


@pytest.mark.parametrize(("body", "hint"), HINTS)
def test_a_close_name_is_offered_in_any_case(
    shared_server: Server, body: dict[str, Any], hint: str
) -> None:
    (found,) = shared_server.ask("call_count", **body).json()["errors"]
    assert f"did you mean {hint}?" in found["message"]


VALUES = [
    ('{"query_type": null}', {"value": None}),
    ("{}", {}),
    ('{"query_type": ["call_count", 1.5, 1e400]}', {"value": ["call_count", 1.5, "1e+400"]}),
    ('{"query_type": {"a": {"b": null}}}', {"value": {"a": {"b": None}}}),
    ('{"query_type": true}', {"value": True}),
    ('{"query_type": 1e999}', {"value": "1e+999"}),
    ('{"query_type": 10.50}', {"value": 10.5}),
    ('{"query_type": 10.00000000000000001}', {"value": "10.00000000000000001"}),
    ('{"query_type": 12345678901234567890123}', {"value": "12345678901234567890123"}),
    (json.dumps({"query_type": "x" * 500}), {"value": "x" * 200 + "…"}),
    (
        json.dumps({"query_type": list(range(100))}),
        {"value": json.dumps(list(range(100)))[:200] + "…"},
    ),
    ('{"query_type": ' + "[" * 500 + "]" * 500 + "}", {"value": "[" * 200 + "…"}),
]


@pytest.mark.parametrize(("body", "expected"), VALUES, ids=range(len(VALUES)))
def test_the_value_of_a_problem_is_what_was_sent(
    shared_server: Server, body: str, expected: dict[str, Any]
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = shared_server.request("POST", "/analytics", content=body, headers=headers)
    (found,) = problem(answer, 400)["errors"]
    assert {name: value for name, value in found.items() if name == "value"} == expected


def test_too_many_buckets_are_told_beside_other_problems(shared_server: Server) -> None:
    filters = {"date_from": "2020-01-01", "date_to": "2021-01-01", "min_duration": -1}
    answer = shared_server.ask("calls_over_time", granularity="minute", filters=filters)
    told = [error["pointer"] for error in problem(answer, 422)["errors"]]
    assert told == ["/filters/min_duration", "/granularity"]
    wrong_zone = shared_server.ask(
        "calls_over_time", granularity="minute", filters=filters, timezone="Nowhere"
    )
    told = [error["pointer"] for error in problem(wrong_zone, 422)["errors"]]
    assert told == ["/timezone", "/filters/min_duration"]


@pytest.mark.parametrize("text", ["\\ud800", "a\\uDFFFb", "\\ud83d \\ude00"])
def test_half_a_character_is_called_that(shared_server: Server, text: str) -> None:
    body = f'{{"query_type": "call_count", "filters": {{"outcome": "{text}"}}}}'
    headers = {"Content-Type": "application/json"}
    answer = shared_server.request("POST", "/analytics", content=body, headers=headers)
    assert "half of a pair" in problem(answer, 400)["detail"]


@pytest.mark.parametrize(
    "path", ["//analytics", "/analytics/", "/docs/", "//", "/keys//key_1", "/health//live/"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_only_the_path_itself_leads_there(shared_server: Server, method: str, path: str) -> None:
    answer = shared_server.request(method, f"http://test{path}", json=COUNT)
    if method == "HEAD":
        assert answer.status_code == 404
    else:
        problem(answer, 404)


REPEATED = [
    ("POST", "/analytics", "Authorization"),
    ("GET", "/keys", "Authorization"),
    ("POST", "/analytics", "Content-Type"),
    ("POST", "/calls", "Content-Encoding"),
    ("POST", "/calls", "Idempotency-Key"),
    ("POST", "/embed-tokens", "Host"),
]


@pytest.mark.parametrize(("method", "path", "name"), REPEATED)
def test_a_header_that_counts_once_is_sent_once(
    shared_server: Server, method: str, path: str, name: str
) -> None:
    key = shared_server.application.local_key
    values = {"Content-Type": "application/json", "Content-Encoding": "identity"}
    values |= {"Authorization": f"Bearer {key}", "Idempotency-Key": "twice", "Host": "test"}
    headers = [*values.items(), (name, values[name])]
    answer = shared_server.begin(method, path, content=b"{}", headers=headers).result()
    assert f"{name.lower()} is given 2 times" in problem(answer, 400)["detail"]


def test_answers_are_read_as_what_they_say_they_are(shared_server: Server) -> None:
    for path in ("/", "/docs", "/docs/docs.js", "/openapi.json", "/health/live", "/nowhere"):
        answer = shared_server.request("GET", path, key=None)
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert shared_server.ask("nonsense").headers["x-content-type-options"] == "nosniff"


def test_the_page_runs_what_comes_from_here_only(shared_server: Server) -> None:
    policy = shared_server.request("GET", "/docs", key=None).headers["content-security-policy"]
    rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == "'self'"


PARAMETERS = [
    ("POST", "/analytics?merchant_id=m"),
    ("POST", "/analytics?"),
    ("GET", "/keys?page=1"),
    ("DELETE", "/keys/key_1?force"),
    ("GET", "/metrics?name=x"),
    ("GET", "/health/live?x="),
    ("GET", "/openapi.json?v=1"),
    ("POST", "/leads?onerror=skip"),
    ("POST", "/calls?on_error=skip&on_error=skip"),
    ("POST", "/calls?on_error=fail&on_error=skip&x=1"),
]


@pytest.mark.parametrize(("method", "path"), PARAMETERS)
def test_a_query_parameter_that_nothing_reads_is_refused(
    shared_server: Server, method: str, path: str
) -> None:
    answer = shared_server.request(method, path, json=COUNT if method == "POST" else None)
    if path.endswith("?"):
        assert answer.status_code == 200
        return
    found = problem(answer, 400)
    assert "query parameter" in found["detail"]
    assert len(found["errors"]) == path.count("&on_error") + path.count("x=") or 1


TYPES: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("POST", "/analytics", {"json": {}}, 400, "malformed-request"),
    ("POST", "/analytics", {"json": COUNT, "key": None}, 401, "unauthorized"),
    ("GET", "/nowhere", {}, 404, "not-found"),
    ("DELETE", "/analytics", {}, 405, "method-not-allowed"),
    ("POST", "/analytics", {"content": b" " * 2_000_000}, 413, "body-too-large"),
    ("POST", "/analytics", {"content": b"a", "headers": {"Content-Type": "text/csv"}}, 415, ""),
    ("POST", "/analytics", {"json": {**COUNT, "page": 0}}, 422, "invalid-values"),
    ("POST", "/calls", {"json": [{"call_id": "c", "duration": -1}]}, 422, "invalid-values"),
]


@pytest.mark.parametrize(("method", "path", "options", "status", "name"), TYPES)
def test_an_error_names_its_type(
    shared_server: Server, method: str, path: str, options: dict[str, Any], status: int, name: str
) -> None:
    body = problem(shared_server.request(method, path, **options), status)
    assert body["type"] == f"urn:callistics:problem:{name or 'unsupported-media-type'}"


@pytest.mark.parametrize("depth", [512, 800, 900, 950, 970, 990, 100_000])
def test_what_is_nested_deeply_is_refused(shared_server: Server, depth: int) -> None:
    headers = {"Content-Type": "application/json"}
    for field in ("query_type", "filters", "group_by", "odd"):
        for opened, closed in (("[", "]"), ('{"a":', "}")):
            body = f'{{"{field}": {opened * depth}1{closed * depth}}}'
            answer = shared_server.request("POST", "/analytics", content=body, headers=headers)
            problem(answer, 400)
