"""A call of each platform whose events are as of one moment, as far as its clock tells.

They stand in the order in which the platform made them, in the shapes that it publishes; those that
come later know more, and it is not by its letters that what they say is the newest.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from support.webhook_events import Event, form, in_json

Events = Sequence[Event]
CALL_ID = "close-1"
AT = "2025-03-01T12:00:50"


def _vapi() -> Events:
    call = {
        "id": CALL_ID,
        "createdAt": "2025-03-01T12:00:00.000Z",
        "type": "outboundPhoneCall",
        "metadata": {"z": "z"},
    }

    def message(kind: str, **members: Any) -> Event:
        return in_json(message={"type": kind, "timestamp": 1740830450000, "call": call, **members})

    return (
        message("status-update", status="in-progress"),
        message("status-update", status="ended", endedReason="z"),
        message(
            "end-of-call-report",
            endedReason="customer-ended-call",
            startedAt="2025-03-01T11:59:59.000Z",
            endedAt="2025-03-01T12:00:49.000Z",
            analysis={"successEvaluation": "true", "structuredData": {"a": 1}},
        ),
    )


def _retell() -> Events:
    """A call without a length: it began when it ended."""
    call = {
        "call_id": CALL_ID,
        "call_type": "phone_call",
        "agent_id": "z",
        "metadata": {"z": "z"},
        "start_timestamp": 1740830450000,
    }
    ended = {
        **call,
        "agent_id": "m",
        "metadata": {"m": "m"},
        "end_timestamp": 1740830450000,
        "disconnection_reason": "user_hangup",
        "call_cost": {"combined_cost": 99},
    }
    analyzed = {
        **ended,
        "agent_id": "a",
        "call_cost": {"combined_cost": 120},
        "call_analysis": {"in_voicemail": False, "custom_analysis_data": {"a": 1}},
    }
    return (
        in_json(event="call_started", call=call),
        in_json(event="call_ended", call=ended),
        in_json(event="call_analyzed", call=analyzed),
    )


def _retell_never_connected() -> Events:
    call = {
        "call_id": CALL_ID,
        "call_type": "phone_call",
        "metadata": {"z": "z"},
        "duration_ms": 0,
        "disconnection_reason": "dial_no_answer",
        "call_cost": {"combined_cost": 9},
    }
    analyzed = {
        **call,
        "call_cost": {"combined_cost": 12},
        "call_analysis": {"custom_analysis_data": {"a": 1}},
    }
    return (
        in_json(event="call_ended", call=call, event_timestamp=1740830450000),
        in_json(event="call_analyzed", call=analyzed, event_timestamp=1740830450000),
    )


def _bland() -> Events:
    call = {
        "call_id": CALL_ID,
        "created_at": "2025-03-01T12:00:00Z",
        "completed": True,
        "call_length": 0.9,
        "answered_by": "unknown",
        "batch_id": "b",
        "price": 0.9,
    }
    last = {"answered_by": "human", "corrected_duration": "54", "price": 0.12}
    return (in_json(**call), in_json(**{**call, **last}, disposition_tag="DONE"))


def _elevenlabs() -> Events:
    data = {
        "conversation_id": CALL_ID,
        "status": "done",
        "metadata": {"start_time_unix_secs": 1740830400, "call_duration_secs": 50, "cost": 296},
        "analysis": {"call_successful": "success"},
    }
    return (in_json(type="post_call_transcription", event_timestamp=1740830450, data=data),)


def _bolna() -> Events:
    def execution(status: str, **members: Any) -> Event:
        return in_json(
            id=CALL_ID,
            status=status,
            agent_id="ag-1",
            created_at="2025-03-01T12:00:00.000000",
            updated_at=f"{AT}.123456",
            **{"initiated_at": "2025-03-01T12:00:05.000000", "batch_id": "b", **members},
        )

    return (
        execution("in-progress"),
        execution("call-disconnected"),
        execution(
            "completed",
            initiated_at="2025-03-01T12:00:01.000000",
            conversation_duration=42.5,
            total_cost=12.5,
            extracted_data={"a": 1},
        ),
    )


def _synthflow() -> Events:
    call = {"call_id": CALL_ID, "status": "completed", "start_time": "1740830401000"}
    return (in_json(status="completed", lead={"name": "Ada"}, call={**call, "duration": 42}),)


def _twilio() -> Events:
    def callback(status: str, **fields: str) -> Event:
        return form(
            CallSid=CALL_ID,
            From="+15005550001",
            To="+15005550006",
            Direction="outbound-api",
            CallStatus=status,
            Timestamp="Sat, 01 Mar 2025 12:00:50 +0000",
            **fields,
        )

    return (
        callback("initiated", SequenceNumber="0"),
        callback("ringing", SequenceNumber="1"),
        callback("in-progress", SequenceNumber="2"),
        form(CallSid=CALL_ID, AnsweredBy="machine_start", MachineDetectionDuration="300"),
        callback("completed", SequenceNumber="3", CallDuration="0"),
    )


def _plivo() -> Events:
    base = {"CallUUID": CALL_ID, "Direction": "outbound", "From": "1415", "To": "9199"}
    times = dict.fromkeys(("StartTime", "AnswerTime", "EndTime"), "2025-03-01 12:00:50")
    return (
        form(**base, Event="MachineDetection", CallStatus="in-progress", Machine="true"),
        form(**base, **times, Event="Hangup", Duration="0", HangupCauseName="Normal Hangup"),
    )


def _exotel() -> Events:
    base = {"CallSid": CALL_ID, "From": "0987", "To": "0123", "Direction": "outbound-api"}
    times = {"StartTime": "2025-03-01 17:30:50", "DateUpdated": "2025-03-01 17:30:50"}
    last = {"EndTime": "2025-03-01 17:30:50", "ConversationDuration": "0", "CustomField": "lead 1"}
    return (
        form(**base, **times, EventType="answered", Status="in-progress"),
        form(**base, **times, **last, EventType="terminal", Status="completed"),
    )


def _telnyx() -> Events:
    def event(kind: str, **payload: Any) -> Event:
        ids = {"call_leg_id": CALL_ID, "call_session_id": "session-1"}
        details = {**ids, "start_time": f"{AT}.500000Z", **payload}
        data = {"event_type": kind, "occurred_at": f"{AT}.500000Z", "payload": details}
        return in_json(data=data)

    return (
        event("call.initiated", direction="outgoing"),
        event("call.answered"),
        event("call.machine.detection.ended", result="machine"),
        event("call.hangup", hangup_cause="normal_clearing"),
        event("call.analyzed", conversation_insights=[1], cost={"total": "0.1234"}),
        event("call.cost", status="success", total_cost="0.0234"),
    )


def _vonage() -> Events:
    def event(status: str, **members: Any) -> Event:
        timestamp = f"{AT}.000Z"
        return in_json(uuid=CALL_ID, status=status, timestamp=timestamp, to="4477", **members)

    return (
        event("started"),
        event("ringing"),
        event("answered"),
        event("machine"),
        event("completed", end_time=f"{AT}.000Z", duration="0", price="0.1", network="GB-FIXED"),
    )


def _livekit() -> Events:
    def event(name: str, room: str, **participant: Any) -> Event:
        attributes = {"sip.callID": CALL_ID, **participant.pop("attributes", {})}
        details = {"kind": "SIP", "joinedAt": "1740830450", "attributes": attributes, **participant}
        return in_json(event=name, createdAt="1740830450", room={"name": room}, participant=details)

    return (
        event("participant_joined", "z"),
        event(
            "participant_left",
            "a",
            attributes={"sip.ruleID": "SDR_1", "sip.phoneNumber": "+1"},
            disconnectReason="CLIENT_INITIATED",
        ),
    )


CLOSE: Mapping[str, tuple[str, Events]] = {
    "vapi: at once": ("vapi", _vapi()),
    "retell: at once": ("retell", _retell()),
    "retell: never connected, at once": ("retell", _retell_never_connected()),
    "bland: at once": ("bland", _bland()),
    "elevenlabs: at once": ("elevenlabs", _elevenlabs()),
    "bolna: at once": ("bolna", _bolna()),
    "synthflow: at once": ("synthflow", _synthflow()),
    "twilio: at once": ("twilio", _twilio()),
    "plivo: at once": ("plivo", _plivo()),
    "exotel: at once": ("exotel", _exotel()),
    "telnyx: at once": ("telnyx", _telnyx()),
    "vonage: at once": ("vonage", _vonage()),
    "livekit: at once": ("livekit", _livekit()),
}
"""The source and the events of each call."""
