"""What each tool of `callistics mcp` answers."""

import json

import httpx
import pytest

from callistics.catalog.filters import FILTERS
from callistics.cli.client import Client
from callistics.cli.mcp.answers import MAX_BYTES, PATIENCE, Backend, answer
from callistics.cli.mcp.description import definitions
from callistics.cli.mcp.tools import TOOLS
from callistics.queries import registry
from support.assistant import Assistant, over_stdio
from support.live import ADMIN_KEY, Live


def test_what_tools_take_is_what_can_be_asked(assistant: Assistant) -> None:
    tools = {tool.name: tool for tool in assistant.tools()}
    assert sum(len(tool.model_dump_json()) for tool in tools.values()) < MAX_BYTES // 2
    body = tools["query"].input_schema["properties"]["queries"]["items"]["properties"]
    assert body["query_type"]["enum"] == list(registry())
    assert all(kind.summary in body["query_type"]["description"] for kind in registry().values())
    assert list(body["filters"]["properties"]) == list(FILTERS)
    for name in ("search_calls", "dashboard_link"):
        filters = tools[name].input_schema["properties"]["filters"]
        assert filters["propertyNames"]["enum"] == list(FILTERS)


def test_a_query_tells_its_range_and_compares(assistant: Assistant) -> None:
    filters = {"date_from": "2025-01-01", "date_to": "2025-01-01"}
    query = {"query_type": "success_rate", "filters": filters, "compare": "previous_period"}
    told = assistant.call("query", queries=[query]).json
    assert told["range"] == "2025-01-01T00:00:00+00:00/2025-01-02T00:00:00+00:00"
    assert told["complete_until"] == "2025-01-02T00:00:00+00:00"
    (row,) = told["data"]
    assert (row["calls"], row["previous.calls"], row["previous.success_rate"]) == (19, 0, None)


def test_one_wrong_query_of_several_is_a_problem_in_its_place(assistant: Assistant) -> None:
    queries = [{"query_type": "call_count"}, {"query_type": "call_cont"}]
    good, bad = assistant.call("query", queries=queries).json["answers"]
    assert good["data"] == [{"count": 19}]
    assert bad["status"] == 400


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("query", {}, "queries is required"),
        ("query", {"queries": "call_count"}, "/queries: "),
        ("search_calls", {"filter": {}}, 'unknown argument filter, did you mean "filters"?'),
        ("search_calls", {"cursor": "x"}, "/cursor: "),
        ("list_values", {"field": "outcom"}, 'did you mean "outcome"?'),
        ("list_values", {"limit": 5}, "field is required"),
        ("describe", {"name": "sucess_rate"}, 'did you mean "success_rate"?'),
        ("describe", {"name": 5}, "name must be a text"),
        ("explain", {"name": "sucesses"}, 'did you mean "successes"?'),
        ("dashboard_link", {"filters": {"outcom": "x"}}, 'did you mean "outcome"?'),
        ("dashboard_link", {"timezone": "Mars/Base"}, "/timezone: "),
        ("serch_calls", {}, 'did you mean "search_calls"?'),
    ],
)
def test_what_is_wrong_is_said(
    assistant: Assistant, tool: str, arguments: dict[str, object], sentence: str
) -> None:
    told = assistant.call(tool, **arguments)
    assert told.is_error
    assert sentence in told


def test_an_answer_that_is_too_long_says_how_to_narrow(assistant: Assistant) -> None:
    dates = {"date_from": "2025-01-01", "date_to": "2025-01-03"}
    query = {"query_type": "calls_over_time", "filters": dates, "granularity": "minute"}
    told = assistant.call("query", queries=[{**query, "page_size": 5_000}])
    assert told.is_error
    assert len(told) < 1_000
    assert all(word in told for word in ("group_by", "shorter range of dates"))
    fitting = int(told.rpartition("`page_size` ")[2].rstrip("."))
    shorter = assistant.call("query", queries=[{**query, "page_size": fitting}])
    assert len(shorter.json["data"]) == fitting
    assert MAX_BYTES - 200 < len(shorter) <= MAX_BYTES


def test_calls_with_long_texts_are_shown_with_the_beginning_of_these(assistant: Assistant) -> None:
    noted = {"payload_filters": {"notes": {"exists": True}}}
    told = assistant.call("search_calls", filters=noted)
    assert len(told) <= MAX_BYTES
    shown = [one["payload"]["notes"] for one in told.json["data"]]
    assert len(shown) > 1
    (whole,) = assistant.call("search_calls", filters=noted, limit=1).json["data"]
    text = whole["payload"]["notes"]
    assert shown[0] == f"{text[:300]}… ({len(text):,} characters)"


def test_what_can_be_asked_is_described(assistant: Assistant) -> None:
    brief = assistant.call("describe").json
    assert [one["name"] for one in brief["query_types"]] == list(registry())
    assert [one["name"] for one in brief["filters"]] == list(FILTERS)
    for part in brief["left_out"]:
        assert assistant.call("describe", name=part).json[part]
    (kind,) = assistant.call("describe", name="retry_analysis").json.values()
    fields = [one["name"] for one in kind["fields"]]
    assert fields[:2] == ["attempt", "calls"]


def test_every_figure_is_explained(assistant: Assistant) -> None:
    names = {one.name for kind in registry().values() for one in (kind, *kind.columns)}
    answers = assistant.calls(*(("explain", {"name": name}) for name in sorted(names)))
    assert all(told.json["declared"] for told in answers)


@pytest.mark.parametrize(
    ("name", "section", "settings"),
    [
        ("success_rate", "Outcomes and success", {"success_outcomes", "unreached_outcomes"}),
        ("reach_rate", "Outcomes and success", {"success_outcomes", "unreached_outcomes"}),
        ("retry_analysis", "Attempts", set()),
        ("conversion_funnel", "Status, history and funnel", {"lead_stages"}),
        ("p95", "Duration", set()),
        ("ring", "Measures", set()),
        ("percentage", "Numbers", set()),
        ("The heat map", "The heat map", set()),
    ],
)
def test_a_definition_is_that_of_the_documentation(
    assistant: Assistant, name: str, section: str, settings: set[str]
) -> None:
    told = assistant.call("explain", name=name).json
    assert told["definitions"][section] == definitions()[section]
    assert settings <= told["settings"].keys()
    assert told["definitions"].keys().isdisjoint(told["other_definitions"])


def test_a_link_has_the_filters_and_says_how_many_calls_match(
    site: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLISTICS_PUBLIC_URL", "https://calls.example.com/figures")
    filters = {"merchant_id": "mer_a", "outcome": ["CONFIRMED", None]}
    told = over_stdio(site.url, ADMIN_KEY).call(
        "dashboard_link", filters=filters, timezone="Asia/Kolkata"
    )
    assert told.json == {
        "url": "https://calls.example.com/figures/?merchant_id=mer_a&outcome=CONFIRMED&outcome.absent=1&date_range=all"
        "&compare=none&timezone=Asia%2FKolkata",
        "calls": 3,
    }


def test_payload_keys_end_where_they_no_longer_fit() -> None:
    keys = [{"key": f"key{n:04}", "types": ["string"], "calls": 9_999 - n} for n in range(2_000)]
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, json={"data": keys, "complete": True})
    )
    with Client("http://test", "k", transport=transport) as client:
        told = answer(TOOLS["list_values"], Backend(client, client.url), {})
    found = json.loads(told.text)
    assert found == {"data": keys[: len(found["data"])], "complete": False}
    assert MAX_BYTES - 100 < len(told.text) <= MAX_BYTES


def test_a_busy_server_is_not_waited_for_long() -> None:
    pauses: list[float] = []
    busy = {"title": "Too many requests", "detail": "come back in 7 s"}
    headers = {"Retry-After": "7"}
    transport = httpx.MockTransport(lambda _: httpx.Response(429, json=busy, headers=headers))
    client = Client("http://test", "k", transport=transport, sleep=pauses.append, patience=PATIENCE)
    with client:
        told = answer(TOOLS["describe"], Backend(client, client.url), {})
    assert pauses == [7.0]
    assert (told.text, told.is_error) == ("429 Too many requests: come back in 7 s", True)
