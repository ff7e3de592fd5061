"""Calls that nobody answered, calls with two legs, and words that no list knows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from support.server import serving
from support.webhook_events import Event, form, in_json
from support.webhook_server import CALLS, Endpoint, shown

NEVER_CONNECTED: Mapping[str, Event] = {
    "vapi": in_json(
        message={
            "type": "end-of-call-report",
            "timestamp": 1749546450909,
            "endedReason": "customer-did-not-answer",
            "call": {"id": "vapi", "createdAt": "2025-06-10T09:06:55.710Z"},
        }
    ),
    "retell": in_json(
        event="call_ended",
        call={
            "call_id": "retell",
            "start_timestamp": 1714608475945,
            "end_timestamp": 1714608475945,
            "disconnection_reason": "dial_no_answer",
        },
    ),
    "bland": in_json(
        call_id="bland",
        created_at="2025-03-01T12:00:00Z",
        completed=False,
        call_length=0,
        queue_status="queue_error",
        error_message="no funds",
    ),
    "elevenlabs": in_json(
        type="call_initiation_failure",
        event_timestamp=1759931652,
        data={"agent_id": "a", "conversation_id": "elevenlabs", "failure_reason": "busy"},
    ),
    "twilio": form(
        CallSid="twilio", CallStatus="no-answer", Timestamp="Sat, 01 Mar 2025 12:00:50 +0000"
    ),
    "plivo": form(
        CallUUID="plivo",
        Event="Hangup",
        CallStatus="no-answer",
        StartTime="2025-03-01 12:00:01",
        AnswerTime="",
        EndTime="2025-03-01 12:00:50",
        Duration="0",
        TotalCost="0.00000",
        HangupCauseName="No Answer",
    ),
    "exotel": form(
        CallSid="exotel",
        Status="busy",
        DateUpdated="2025-03-01 17:30:00",
        EndTime="1970-01-01 05:30:00",
    ),
    "telnyx": in_json(
        data={
            "event_type": "call.hangup",
            "occurred_at": "2025-03-01T12:00:50Z",
            "payload": {
                "call_leg_id": "telnyx",
                "start_time": "2025-03-01T12:00:01Z",
                "hangup_cause": "originator_cancel",
            },
        }
    ),
    "vonage": in_json(uuid="vonage", status="unanswered", timestamp="2025-03-01T12:00:50.000Z"),
    "livekit": in_json(
        event="participant_left",
        createdAt="1740830450",
        participant={
            "kind": "SIP",
            "joinedAt": "1740830401",
            "attributes": {"sip.callID": "livekit"},
            "disconnectReason": "USER_UNAVAILABLE",
        },
    ),
    "bolna": in_json(
        id="bolna",
        status="busy",
        created_at="2025-03-01T12:00:00",
        updated_at="2025-03-01T12:00:50",
        conversation_duration=0,
        total_cost=0,
    ),
    "synthflow": in_json(
        call={"call_id": "synthflow", "status": "no-answer", "start_time": "1740830401000"}
    ),
}


def test_a_call_that_was_never_connected_counts_and_nobody_was_reached(tmp_path: Path) -> None:
    assert NEVER_CONNECTED.keys() == CALLS.keys()
    with serving(tmp_path) as server:
        for source, event in NEVER_CONNECTED.items():
            endpoint = Endpoint(server, source)
            assert endpoint.send(event).is_success
            assert endpoint.dead_letters() == [], source
        assert shown(server).keys() == CALLS.keys()
        (row,) = server.rows("success_rate")
        assert (row["calls"], row["reached"], row["successes"]) == (len(CALLS), 0, 0)


def leg(leg_id: str, kind: str, second: int, **payload: Any) -> Event:
    details = {"call_leg_id": leg_id, "call_session_id": "one", **payload}
    occurred = f"2025-03-01T12:00:{second:02}Z"
    return in_json(data={"event_type": kind, "occurred_at": occurred, "payload": details})


UNKNOWN_WORDS: Sequence[tuple[str, Event]] = (
    (
        "vapi",
        in_json(
            message={
                "type": "end-of-call-report",
                "timestamp": 1749546450909,
                "endedReason": "of-tomorrow",
                "analysis": {"successEvaluation": "7 of 10"},
                "call": {
                    "id": "c",
                    "type": "of-tomorrow",
                    "createdAt": "2025-06-10T09:06:55.710Z",
                },
            }
        ),
    ),
    (
        "retell",
        in_json(
            event="call_analyzed",
            call={
                "call_id": "c",
                "direction": "of_tomorrow",
                "start_timestamp": 1714608475945,
                "end_timestamp": 1714608475945,
                "disconnection_reason": "of_tomorrow",
                "call_analysis": {"user_sentiment": "Unknown"},
            },
        ),
    ),
)


def test_legs_with_ids_of_their_own_are_calls_of_their_own(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        endpoint = Endpoint(server, "telnyx")
        for event in (
            leg("a", "call.initiated", 1, direction="incoming"),
            leg("b", "call.initiated", 3, direction="outgoing"),
            leg("b", "call.hangup", 40, hangup_cause="normal_clearing"),
            leg("a", "call.hangup", 41, hangup_cause="normal_clearing"),
            leg("a", "call.analyzed", 50, cost={"currency": "USD", "total": "0.1234"}),
            leg("a", "call.cost", 52, status="success", total_cost="0.0034"),
            leg("b", "call.cost", 53, status="success", total_cost="0.0075"),
        ):
            assert endpoint.send(event).is_success
        assert endpoint.dead_letters() == []
        found = shown(server)
        assert {name: call["duration"] for name, call in found.items()} == {"a": 40, "b": 37}
        # What the assistant cost stands at its own leg.
        assert {name: call["cost"] for name, call in found.items()} == {"a": 0.1234, "b": 0.0075}
        assert {call["payload"]["session_id"] for call in found.values()} == {"one"}


@pytest.mark.parametrize(("source", "event"), UNKNOWN_WORDS)
def test_a_word_that_no_list_knows_refuses_no_call(
    source: str, event: Event, tmp_path: Path
) -> None:
    with serving(tmp_path) as server:
        endpoint = Endpoint(server, source)
        assert endpoint.send(event).is_success
        assert endpoint.dead_letters() == []
        call = shown(server)["c"]
        assert call["outcome"].replace("_", "-") == "of-tomorrow"
        names = ("direction", "sentiment", "success")
        assert [call[name] for name in names] == [None] * 3
