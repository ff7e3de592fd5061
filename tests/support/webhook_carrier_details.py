"""Events of carriers that are easily read wrongly, in the shapes that they publish."""

from collections.abc import Mapping
from typing import Any

from support.webhook_events import Detail, Event, PlatformCall, form, in_json


def _plivo_ring_timeout() -> Detail:
    return Detail(
        "plivo",
        PlatformCall(
            "plivo-rt",
            (
                form(
                    CallUUID="plivo-rt",
                    Event="Hangup",
                    CallStatus="no-answer",
                    Direction="outbound",
                    From="15550100",
                    To="15550101",
                    StartTime="2025-03-01 12:00:00",
                    EndTime="2025-03-01 12:00:40",
                    Duration="0",
                    HangupCause="NO_ANSWER",
                    HangupCauseCode="6010",
                    HangupCauseName="Ring Timeout Reached",
                    HangupSource="Plivo",
                ),
            ),
            {"outcome": "Ring Timeout Reached", "duration": 0, "reached": False},
        ),
    )


def _telnyx_assistant() -> Detail:
    """The cost of the telephony is the newest that is told, and not all that it cost."""

    def event(kind: str, second: int, **payload: Any) -> Event:
        occurred = f"2025-03-01T12:00:{second:02}.500000Z"
        ids = {"call_leg_id": "telnyx-ai", "call_session_id": "session-1"}
        numbers = {"from": "+15550100", "to": "+15550101"}
        details = {**ids, **numbers, **payload}
        return in_json(data={"event_type": kind, "occurred_at": occurred, "payload": details})

    assistant = {"assistant_id": "assistant-1", "conversation_id": "conversation-1"}
    breakdown = [
        {"product": "ai-voice-assistant", "cost": "0.1000"},
        {"product": "siptrunking-cdrs", "cost": "0.0234"},
    ]
    result = {"insight_id": "in-1", "result": "An appointment was booked."}
    insights = [{"conversation_insights": [result], "status": "completed"}]
    return Detail(
        "telnyx",
        PlatformCall(
            "telnyx-ai",
            (
                event(
                    "call.hangup",
                    40,
                    start_time="2025-03-01T12:00:01.500000Z",
                    hangup_cause="normal_clearing",
                ),
                event("call.conversation.ended", 41, **assistant, duration_sec=33),
                event(
                    "call.analyzed",
                    50,
                    **assistant,
                    conversation_insights=insights,
                    cost={"breakdown": breakdown, "currency": "USD", "total": "0.1234"},
                    duration_sec=33,
                ),
                event(
                    "call.cost",
                    55,
                    status="success",
                    total_cost="0.0234",
                    cost_parts=[{"call_part": "sip-trunking", "currency": "USD"}],
                ),
            ),
            {
                "started_at": "2025-03-01T12:00:01.5+00:00",
                "duration": 39,
                "agent_id": "assistant-1",
                "cost": 0.1234,
                "currency": "USD",
                "payload": {
                    "session_id": "session-1",
                    "from": "+15550100",
                    "to": "+15550101",
                    "insights": insights,
                },
            },
        ),
    )


DETAILS: Mapping[str, Detail] = {
    "plivo: ring timeout": _plivo_ring_timeout(),
    "telnyx: assistant": _telnyx_assistant(),
}
