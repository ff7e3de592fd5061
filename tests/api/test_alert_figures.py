"""The figures of alerts: of groups, of several buckets, against those before, of few calls."""

from pathlib import Path
from typing import Any

from support.alerting import (
    Notified,
    alerting,
    at,
    body,
    call,
    look,
    make,
    send_calls,
    shown,
)
from support.server import Server


def test_a_rate_of_few_calls_is_no_data(watching: Server, webhook: Notified) -> None:
    query = {"query_type": "success_rate", "granularity": "hour"}
    wanted = body(
        webhook.url,
        query=query,
        field="reach_rate",
        condition={"op": "below", "value": 50},
        minimum=2,
        no_data="no_data",
    )
    send_calls(watching, call("a", "2026-03-02T10:30:00Z", "NO_ANSWER"))
    one = make(watching, wanted, "2026-03-02T11:20")
    assert look(watching, "2026-03-02T11:20", one) == "no_data"
    send_calls(watching, *(call(f"b{n}", "2026-03-02T11:30:00Z", "BUSY") for n in range(2)))
    assert look(watching, "2026-03-02T12:20", one) == "firing"
    assert look(watching, "2026-03-02T13:20", one) == "no_data"
    found = shown(watching, one)
    assert (found["last_value"], found["groups"][0]["count"]) == (None, 0)
    assert webhook.told == [
        ("alert.changed", "ok", "no_data"),
        ("alert.changed", "no_data", "firing"),
        ("alert.changed", "firing", "no_data"),
    ]


def test_each_group_has_a_state(engine: str, tmp_path: Path, webhook: Notified) -> None:
    query = {"query_type": "calls_over_time", "granularity": "hour", "group_by": ["provider"]}
    with alerting(tmp_path) as server:
        send_calls(
            server,
            call("a", "2026-03-02T10:10:00Z", provider="TWILIO"),
            call("b", "2026-03-02T10:20:00Z", provider="PLIVO"),
            call("c", "2026-03-02T11:10:00Z", provider="PLIVO"),
            call("d", "2026-03-02T11:10:00Z"),
        )
        one = make(server, body(webhook.url, query=query), "2026-03-02T11:20")
        assert look(server, "2026-03-02T11:20", one) == "ok"
        # One that does not occur any more is known still: it has no calls.
        assert look(server, "2026-03-02T12:20", one) == "firing"
        states = {str(one["group"]): one["state"] for one in shown(server, one)["groups"]}
        assert states == {
            "{'provider': 'TWILIO'}": "firing",
            "{'provider': 'PLIVO'}": "ok",
            "{'provider': None}": "ok",
        }
    (notice,) = webhook.notices
    assert [change["group"] for change in notice["data"]["changes"]] == [{"provider": "TWILIO"}]
    assert "provider=TWILIO" in notice["data"]["link"]


def test_a_share_is_of_all_of_its_window(watching: Server, webhook: Notified) -> None:
    wanted = body(
        webhook.url,
        query={"query_type": "outcome_distribution", "granularity": "hour"},
        field="percentage",
        condition={"op": "below", "value": 30},
        minimum=3,
    )
    sold = [call(f"s{n}", "2026-03-02T10:10:00Z", "SALE") for n in range(2)]
    send_calls(watching, *sold, call("n", "2026-03-02T10:10:00Z", "NO"))
    one = make(watching, wanted, "2026-03-02T11:20")
    look(watching, "2026-03-02T11:20")
    assert _by_outcome(watching, one) == {"SALE": ("ok", 66.67, 3), "NO": ("ok", 33.33, 3)}
    send_calls(watching, *(call(f"t{n}", "2026-03-02T11:10:00Z", "NO") for n in range(3)))
    look(watching, "2026-03-02T12:20")
    assert _by_outcome(watching, one) == {"SALE": ("firing", 0, 3), "NO": ("ok", 100, 3)}
    look(watching, "2026-03-02T13:20")
    assert _by_outcome(watching, one)["SALE"] == ("recovered", None, 0)


def _by_outcome(server: Server, alert_id: str) -> dict[str, tuple[Any, ...]]:
    return {
        one["group"]["outcome"]: (one["state"], one["value"], one["count"])
        for one in shown(server, alert_id)["groups"]
    }


def test_against_the_same_hours_of_the_week_before(watching: Server, webhook: Notified) -> None:
    change = {"change": "below", "percent": 50, "versus": "previous_week"}
    before = [call(f"a{n}", f"2026-03-23T07:{n:02}:00Z") for n in range(10)]
    now = [call(f"b{n}", f"2026-03-30T06:{n:02}:00Z") for n in range(4)]
    watching.set_clock(at("2026-03-30T07:30"))
    send_calls(watching, *before, *now)
    query = {"query_type": "call_count", "granularity": "hour", "timezone": "Europe/Berlin"}
    one = make(watching, body(webhook.url, query=query, condition=change), "2026-03-30T07:30")
    # Both are 8 o'clock in Berlin, of winter and of summer.
    assert look(watching, "2026-03-30T07:30", one) == "firing"
    (group,) = shown(watching, one)["groups"]
    assert (group["value"], group["previous"]) == (4, 10)


def test_the_last_buckets_are_one_figure(watching: Server) -> None:
    wanted = body(
        query={"query_type": "call_duration", "granularity": "day", "timezone": "Asia/Kolkata"},
        field="p50",
        condition={"op": "above", "value": 100},
        buckets=3,
    )
    # The first is of the day before those three in Kolkata.
    send_calls(
        watching,
        call("w", "2026-03-01T18:29:00Z", duration=1),
        call("x", "2026-03-01T18:31:00Z", duration=300),
        call("y", "2026-03-03T12:00:00Z", duration=200),
    )
    one = make(watching, wanted, "2026-03-04T20:00")
    assert look(watching, "2026-03-04T20:00", one) == "firing"
    found = shown(watching, one)
    assert (found["last_value"], found["groups"][0]["count"]) == (200, 2)
    assert found["last_buckets"] == {
        "from": "2026-03-02T00:00:00+05:30",
        "to": "2026-03-05T00:00:00+05:30",
    }


def test_too_many_groups_are_an_error_of_that_bucket(watching: Server) -> None:
    query = {"query_type": "call_count", "granularity": "hour", "group_by": ["payload.n"]}
    calls = [call(f"a{n}", "2026-03-02T10:10:00Z", payload={"n": n}) for n in range(101)]
    send_calls(watching, *calls)
    one = make(watching, body(query=query), "2026-03-02T11:20")
    assert look(watching, "2026-03-02T11:20", one) == "error"
    assert "more than 100 groups" in shown(watching, one)["error"]
    send_calls(watching, call("b", "2026-03-02T11:10:00Z", payload={"n": 1}))
    assert look(watching, "2026-03-02T12:20", one) == "ok"
