"""`callistics mcp` before a real server, reached by the official client over both transports."""

import json
import signal
import subprocess
from decimal import Decimal

import httpx
import pytest

from support.assistant import COMMAND, Era, over_http, over_stdio
from support.live import ADMIN_KEY, Live

from .conftest import DEAR, Connect

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


def key_of(site: Live, merchant: str) -> str:
    wanted = {"name": "t", "permissions": ["query"], "scope": {"merchant_ids": [merchant]}}
    return site.client.post("/keys", json=wanted).json()["key"]


@pytest.mark.parametrize("era", ["auto", "legacy"])
def test_six_tools_that_only_read(site: Live, address: str, era: Era) -> None:
    for one in (over_stdio(site.url, ADMIN_KEY, era), over_http(address, ADMIN_KEY, era)):
        tools, told = one.tools_and("query", queries=[{"query_type": "call_count"}])
        assert len(tools) <= 6
        for tool in tools:
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            assert tool.input_schema["additionalProperties"] is False
        assert told.json["data"]


def test_a_key_that_is_none_sends_nobody_to_the_servers_files(connect: Connect) -> None:
    told = connect("nobody's key").call("query", queries=[{"query_type": "call_count"}])
    assert told.is_error
    assert "is not known" in told
    assert "Authorization" in told
    assert ".admin-key" not in told


def test_a_key_sees_its_merchant_alone(site: Live, connect: Connect) -> None:
    one = connect(key_of(site, "mer_a"))
    asked = [
        ("query", {"queries": [{"query_type": "call_count"}]}),
        ("query", {"queries": [{"query_type": "call_count", "group_by": ["merchant_id"]}] * 2}),
        ("list_values", {"field": "merchant_id"}),
        ("list_values", {}),
        ("search_calls", {}),
        ("dashboard_link", {}),
        ("search_calls", {"filters": {"merchant_id": "mer_b"}}),
    ]
    *answers, refused = one.calls(*asked)
    count, batch, values, keys, calls, link = (told.json for told in answers)
    assert count["data"] == [{"count": 6}]
    row = {"merchant_id": "mer_a", "count": 6}
    assert [answer["data"] for answer in batch["answers"]] == [[row], [row]]
    assert values["data"] == [{"value": "mer_a", "calls": 6}]
    assert [one["key"] for one in keys["data"]] == ["city"]
    assert {call["merchant_id"] for call in calls["data"]} == {"mer_a"}
    assert link["calls"] == 6
    assert refused.is_error
    assert "/filters/merchant_id: outside the scope of this key" in refused


def test_decimals_are_the_text_that_the_server_wrote(connect: Connect) -> None:
    told = connect(ADMIN_KEY).call("query", queries=[{"query_type": "measure", "measure": "cost"}])
    (row,) = told.json["data"]
    assert row["sum"] == Decimal(DEAR)
    assert f'"sum":{DEAR}' in told


def test_every_field_that_is_wrong_is_told(connect: Connect) -> None:
    wrong = {"query_type": "call_cont", "filters": {"merchant": "m", "min_duration": -1}}
    told = connect(ADMIN_KEY).call("query", queries=[wrong])
    assert told.is_error
    assert '/query_type: unknown query type, did you mean "call_count"?' in told
    assert '/filters/merchant: unknown filter, did you mean "merchant_id"?' in told
    assert "/filters/min_duration: " in told


def test_what_was_sent_is_not_told_at_length(connect: Connect) -> None:
    assistant, long = connect(ADMIN_KEY), "x" * 60_000
    many = {f"{number:0200}": 1 for number in range(300)}
    for tool, arguments in (
        (long, {}),
        ("describe", {long: 1}),
        ("describe", many),
        ("explain", {"name": long}),
        ("list_values", {"field": long}),
    ):
        told = assistant.call(tool, **arguments)
        assert told.is_error
        assert len(told) < 10_000, tool[:20]


def test_over_http_each_caller_needs_a_key_of_his_own(address: str) -> None:
    headers = {"Accept": "application/json, text/event-stream"}
    refused = httpx.post(address, json=INITIALIZE, headers=headers, timeout=300)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    told = over_http(address, "ck_wrong").call("list_values", field="outcome")
    assert told.is_error


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Origin", "https://evil.example", 403),
        ("Origin", "https://calls.example.com", 200),
        ("Origin", "http://localhost:6274", 200),
        ("Host", "evil.example", 421),
        ("Host", "calls.example.com", 200),
        ("Host", "proxy.example.com", 200),
    ],
)
def test_other_pages_and_other_names_are_refused(
    address: str, header: str, value: str, status: int
) -> None:
    headers = {
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {ADMIN_KEY}",
        header: value,
    }
    assert httpx.post(address, json=INITIALIZE, headers=headers, timeout=300).status_code == status


def test_a_number_that_json_lacks_is_refused_and_the_end_of_input_is_the_end(site: Live) -> None:
    call = {"name": "query", "arguments": {"queries": [{"query_type": "call_count"}]}}
    asked = json.dumps({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call})
    asked = asked.replace('"call_count"', '"call_count", "filters": {"min_duration": 1e999}')
    lines = [json.dumps(INITIALIZE), '{"jsonrpc":"2.0","method":"notifications/initialized"}']
    command = [*COMMAND, "--url", site.url, "--key", ADMIN_KEY]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n".join([*lines, asked, ""]))
        process.stdin.flush()
        results = [json.loads(process.stdout.readline())["result"] for _ in range(2)]
        (told,) = [one for one in results if "content" in one]
        rest, complaints = process.communicate()
    assert told["isError"]
    assert "give a finite one" in told["content"][0]["text"]
    assert (rest, complaints, process.returncode) == ("", "", 0)


def _served(site: Live) -> subprocess.Popen[str]:
    """A process that serves over standard input and output, and has answered once."""
    command = [*COMMAND, "--url", site.url, "--key", ADMIN_KEY]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(INITIALIZE) + "\n")
    process.stdin.flush()
    assert "result" in json.loads(process.stdout.readline())
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_although_its_input_stays_open(site: Live, number: signal.Signals) -> None:
    with _served(site) as process:
        process.send_signal(number)
        assert process.wait() == 128 + number
        assert process.stderr is not None
        assert process.stderr.read() == "\nStopped.\n"


def test_whoever_asked_may_go(site: Live) -> None:
    with _served(site) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 2, "method": "ping"}) + "\n")
        process.stdin.close()
        complaints = process.stderr.read()
    assert "Traceback" not in complaints
    assert "report" not in complaints


def test_a_server_that_is_not_there_is_an_answer() -> None:
    told = over_stdio("http://127.0.0.1:9", ADMIN_KEY).call("describe")
    assert told.is_error
    assert "no answer from http://127.0.0.1:9" in told
