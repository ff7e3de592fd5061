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


def _plivo_machine() -> Detail:
    base = {"CallUUID": "plivo-md", "Direction": "outbound", "From": "15550100", "To": "15550101"}
    return Detail(
        "plivo",
        PlatformCall(
            "plivo-md",
            (
                form(**base, Event="MachineDetection", CallStatus="in-progress", Machine="true"),
                form(
                    **base,
                    Event="Hangup",
                    CallStatus="completed",
                    StartTime="2025-03-01 12:00:00",
                    AnswerTime="2025-03-01 12:00:08",
                    EndTime="2025-03-01 12:00:40",
                    Duration="32",
                    HangupCause="NORMAL_CLEARING",
                    HangupCauseCode="4000",
                    HangupCauseName="Normal Hangup",
                    HangupSource="Callee",
                ),
            ),
            {
                "started_at": "2025-03-01T12:00:00+00:00",
                "duration": 32,
                "outcome": "Machine Detected",
                "end_reason": "Normal Hangup",
                "reached": False,
            },
            (form(**base, Event="MachineDetection", CallStatus="in-progress", Machine="false"),),
        ),
    )


def _twilio_machine(call_id: str, found: str, last: str, **shown: Any) -> Detail:
    """What asynchronous detection found out, and the last status, without `AnsweredBy`."""

    def callback(status: str, second: int, **fields: str) -> Event:
        return form(
            CallSid=call_id,
            AccountSid="AC1",
            From="+15550100",
            To="+15550101",
            Direction="outbound-api",
            CallStatus=status,
            Timestamp=f"Sat, 01 Mar 2025 12:00:{second:02} +0000",
            **fields,
        )

    detected = {"AnsweredBy": found, "MachineDetectionDuration": "4200"}
    return Detail(
        "twilio",
        PlatformCall(
            call_id,
            (
                callback("initiated", 1),
                form(CallSid=call_id, AccountSid="AC1", **detected),
                callback(last, 50, CallDuration="42"),
            ),
            {
                "started_at": "2025-03-01T12:00:01+00:00",
                "duration": 42,
                "payload": {"from": "+15550100", "to": "+15550101"},
                **shown,
            },
        ),
    )


def _exotel_campaign() -> Detail:
    details = {
        "campaign_sid": "campaign-1",
        "call_sid": "exotel-ca",
        "date_created": "2025-03-01T17:30:00+05:30",
        "date_updated": "2025-03-01T17:30:47+05:30",
        "number": "+15550101",
        "status": "busy",
    }
    whole = {"campaign_sid": "campaign-1", "to": "+15550101", "call_sids": ["exotel-ca"]}
    return Detail(
        "exotel",
        PlatformCall(
            "exotel-ca",
            (in_json(**details),),
            {
                "started_at": "2025-03-01T12:00:00+00:00",
                "duration": 47,
                "outcome": "busy",
                "direction": "outbound",
                "provider": "EXOTEL",
                "payload": {"campaign_id": "campaign-1", "to": "+15550101"},
                "reached": False,
            },
            (in_json(**whole, status="failed"), in_json(**{**details, "status": "in-progress"})),
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
    "plivo: machine": _plivo_machine(),
    "twilio: machine": _twilio_machine(
        "twilio-m", "machine_start", "completed", outcome="machine_start", reached=False
    ),
    "twilio: human": _twilio_machine(
        "twilio-h", "human", "completed", outcome="human", reached=True
    ),
    "twilio: failed after all": _twilio_machine(
        "twilio-f", "human", "failed", outcome="failed", reached=False
    ),
    "exotel: campaign": _exotel_campaign(),
    "telnyx: assistant": _telnyx_assistant(),
}
