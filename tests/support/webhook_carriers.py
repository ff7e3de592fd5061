"""One call each as carriers tell of it, in the shapes that they publish."""

from collections.abc import Mapping
from typing import Any

from support.webhook_events import Event, PlatformCall, form, in_json


def _twilio() -> PlatformCall:
    def callback(status: str, second: int, **fields: str) -> Event:
        return form(
            CallSid="CA1",
            AccountSid="AC1",
            From="+15005550001",
            To="+15005550006",
            Direction="outbound-api",
            CallStatus=status,
            Timestamp=f"Sat, 01 Mar 2025 12:00:{second:02} +0000",
            CallbackSource="call-progress-events",
            **fields,
        )

    return PlatformCall(
        "CA1",
        (
            callback("initiated", 1, SequenceNumber="0"),
            callback("ringing", 3, SequenceNumber="1"),
            callback("in-progress", 8, SequenceNumber="2"),
            callback("completed", 50, SequenceNumber="3", CallDuration="42", AnsweredBy="human"),
        ),
        {
            "started_at": "2025-03-01T12:00:01+00:00",
            "answered_at": "2025-03-01T12:00:08+00:00",
            "duration": 42,
            "outcome": "human",
            "direction": "outbound",
            "provider": "TWILIO",
            "payload": {"from": "+15005550001", "to": "+15005550006"},
        },
        (form(RecordingSid="RE1", RecordingStatus="completed", CallSid="CA1"),),
    )


def _plivo() -> PlatformCall:
    base = {"CallUUID": "plivo-1", "Direction": "outbound", "From": "1415", "To": "9199"}
    return PlatformCall(
        "plivo-1",
        (
            form(
                **base,
                Event="Hangup",
                CallStatus="completed",
                StartTime="2025-03-01 12:00:01",
                AnswerTime="2025-03-01 12:00:08",
                EndTime="2025-03-01 12:00:50",
                Duration="42",
                BillDuration="60",
                TotalCost="0.00850",
                HangupCause="NORMAL_CLEARING",
                HangupCauseName="Normal Hangup",
                HangupSource="Callee",
            ),
        ),
        {
            "started_at": "2025-03-01T12:00:01+00:00",
            "answered_at": "2025-03-01T12:00:08+00:00",
            "duration": 42,
            "outcome": "Normal Hangup",
            "cost": 0.0085,
            "currency": "USD",
        },
        (form(**base, Event="Ring", CallStatus="ringing"),),
    )


def _exotel() -> PlatformCall:
    base = {"CallSid": "exotel-1", "From": "0987", "To": "0123", "Direction": "outbound-api"}
    times = {"DateCreated": "2025-03-01 17:30:00", "StartTime": "2025-03-01 17:30:01"}

    def answered(second: int) -> Event:
        at = f"2025-03-01 17:30:{second:02}"
        return form(**base, **times, EventType="answered", Status="in-progress", DateUpdated=at)

    return PlatformCall(
        "exotel-1",
        (
            answered(5),
            answered(11),
            form(
                **base,
                **times,
                EventType="terminal",
                Status="completed",
                DateUpdated="2025-03-01 17:31:02",
                EndTime="2025-03-01 17:31:00",
                ConversationDuration="49",
            ),
        ),
        {
            "started_at": "2025-03-01T12:00:01+00:00",
            "answered_at": "2025-03-01T12:00:11+00:00",
            "duration": 49,
            "outcome": "completed",
            "direction": "outbound",
        },
        (form(SmsSid="s1", Status="sent"),),
    )


def _telnyx() -> PlatformCall:
    def event(kind: str, second: int, **payload: Any) -> Event:
        data = {
            "event_type": kind,
            "id": f"{kind}-{second}",
            "occurred_at": f"2025-03-01T12:00:{second:02}.500000Z",
            "record_type": "event",
            "payload": {
                "call_leg_id": "telnyx-1",
                "call_session_id": "session-1",
                "direction": "outgoing",
                "start_time": "2025-03-01T12:00:01.500000Z",
                **payload,
            },
        }
        return in_json(data=data, meta={"attempt": 1})

    cost: dict[str, Any] = {
        "status": "success",
        "total_cost": "0.0075",
        "cost_parts": [{"call_part": "sip-trunking", "currency": "USD", "cost": "0.0075"}],
        "start_time": None,
        "direction": None,
    }
    return PlatformCall(
        "telnyx-1",
        (
            event("call.initiated", 1),
            event("call.answered", 8),
            event("call.machine.detection.ended", 12, result="machine"),
            event("call.hangup", 50, hangup_cause="normal_clearing", hangup_source="callee"),
            event("call.cost", 55, **cost),
        ),
        {
            "started_at": "2025-03-01T12:00:01.5+00:00",
            "answered_at": "2025-03-01T12:00:08.5+00:00",
            "duration": 49,
            "outcome": "machine",
            "end_reason": "normal_clearing",
            "direction": "outbound",
            "cost": 0.0075,
            "currency": "USD",
            "payload": {"session_id": "session-1"},
        },
        (event("call.playback.started", 20),),
    )


def _vonage() -> PlatformCall:
    def event(status: str, second: int, **members: Any) -> Event:
        return in_json(
            uuid="vonage-1",
            conversation_uuid="CON-1",
            direction="outbound",
            status=status,
            timestamp=f"2025-03-01T12:00:{second:02}.000Z",
            **{"from": "442079460000", "to": "447700900000"},
            **members,
        )

    return PlatformCall(
        "vonage-1",
        (
            event("started", 1),
            event("ringing", 3),
            event("answered", 8, start_time=None),
            event(
                "completed",
                51,
                start_time="2025-03-01T12:00:08.000Z",
                end_time="2025-03-01T12:00:50.000Z",
                duration="42",
                rate="0.00450000",
                price="0.00315000",
                network="GB-FIXED",
            ),
        ),
        {
            "started_at": "2025-03-01T12:00:01+00:00",
            "answered_at": "2025-03-01T12:00:08+00:00",
            "duration": 42,
            "outcome": "answered",
            "cost": 0.00315,
            "currency": "EUR",
        },
        (in_json(conversation_uuid="CON-1", recording_uuid="r", timestamp="2025-03-01T12:00:52Z"),),
    )


def _livekit() -> PlatformCall:
    def event(name: str, at: int, **participant: Any) -> Event:
        details = {
            "sid": "PA_1",
            "identity": "sip_1",
            "kind": "SIP",
            "joinedAt": "1740830401",
            "attributes": {"sip.callID": "SCL_1", "sip.ruleID": "SDR_1", "sip.phoneNumber": "+1"},
            **participant,
        }
        room = {"sid": "RM_1", "name": "room-1"}
        return in_json(event=name, id=f"EV_{at}", createdAt=str(at), room=room, participant=details)

    return PlatformCall(
        "SCL_1",
        (
            event("participant_joined", 1740830401),
            event("participant_left", 1740830450, disconnectReason="CLIENT_INITIATED"),
        ),
        {
            "started_at": "2025-03-01T12:00:01+00:00",
            "duration": 49,
            "outcome": "CLIENT_INITIATED",
            "direction": "inbound",
            "payload": {"room": "room-1", "phone_number": "+1"},
        },
        (event("participant_joined", 1740830402, kind="AGENT"), in_json(event="room_finished")),
    )


CALLS: Mapping[str, PlatformCall] = {
    "twilio": _twilio(),
    "plivo": _plivo(),
    "exotel": _exotel(),
    "telnyx": _telnyx(),
    "vonage": _vonage(),
    "livekit": _livekit(),
}
