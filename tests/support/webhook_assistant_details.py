"""Events of voice assistants that are easily read wrongly, in the shapes that they publish."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from support.webhook_events import Detail, Event, PlatformCall, in_json


def _retell_never_connected(call_id: str, reason: str, outcome: str) -> Detail:
    """No time but that of the event; the analysis comes later."""
    call = {
        "call_id": call_id,
        "call_type": "phone_call",
        "agent_id": "ag-1",
        "call_status": "not_connected",
        "duration_ms": 0,
        "transcript": "",
        "disconnection_reason": reason,
        "call_cost": {"product_costs": [], "combined_cost": 0},
        "from_number": "+15550100",
        "to_number": "+15550101",
        "direction": "outbound",
    }
    analysis = {"user_sentiment": "Unknown", "call_successful": False, "custom_analysis_data": {}}
    return Detail(
        "retell",
        PlatformCall(
            call_id,
            (
                in_json(event="call_ended", call=call, event_timestamp=1740830450402),
                in_json(
                    event="call_analyzed",
                    call={**call, "call_analysis": analysis},
                    event_timestamp=1740830453274,
                ),
            ),
            {
                "started_at": "2025-03-01T12:00:50.402+00:00",
                "duration": 0,
                "outcome": outcome,
                "end_reason": reason,
                "direction": "outbound",
                "success": False,
                "reached": False,
            },
        ),
    )


def _retell_invalid_destination() -> Detail:
    """The analysis alone, as it comes where the other event is not subscribed to."""
    call = {
        "call_id": "retell-id",
        "call_type": "phone_call",
        "call_status": "not_connected",
        "duration_ms": 0,
        "disconnection_reason": "invalid_destination",
        "call_analysis": {"call_summary": "", "user_sentiment": "Unknown"},
        "direction": "outbound",
    }
    return Detail(
        "retell",
        PlatformCall(
            "retell-id",
            (in_json(event="call_analyzed", call=call, event_timestamp=1740830453274),),
            {
                "started_at": "2025-03-01T12:00:53.274+00:00",
                "duration": 0,
                "outcome": "invalid_destination",
                "reached": False,
            },
        ),
    )


def _retell_voicemail() -> Detail:
    """The reason is that of a conversation; the analysis tells what it was with."""
    call = {
        "call_id": "retell-vm",
        "call_type": "phone_call",
        "call_status": "ended",
        "start_timestamp": 1740830400000,
        "end_timestamp": 1740830440000,
        "duration_ms": 40000,
        "disconnection_reason": "user_hangup",
        "direction": "outbound",
    }
    analysis = {"in_voicemail": True, "user_sentiment": "Unknown", "call_successful": False}
    return Detail(
        "retell",
        PlatformCall(
            "retell-vm",
            (
                in_json(event="call_ended", call=call, event_timestamp=1740830440402),
                in_json(event="call_analyzed", call={**call, "call_analysis": analysis}),
            ),
            {
                "duration": 40,
                "outcome": "voicemail_reached",
                "end_reason": "user_hangup",
                "reached": False,
            },
        ),
    )


def _elevenlabs_voicemail() -> Detail:
    def event(**metadata: Any) -> Event:
        times = {"start_time_unix_secs": 1740830400, "call_duration_secs": 22}
        data = {
            "agent_id": "ag-1",
            "conversation_id": "eleven-vm",
            "status": "done",
            "metadata": {**times, **metadata},
            "analysis": {"call_successful": "unknown"},
        }
        return in_json(type="post_call_transcription", event_timestamp=1740830440, data=data)

    return Detail(
        "elevenlabs",
        PlatformCall(
            "eleven-vm",
            (
                event(
                    phone_call={
                        "type": "twilio",
                        "direction": "outbound",
                        "agent_number": "+15550100",
                        "external_number": "+15550101",
                        "call_result": "voicemail",
                    }
                ),
            ),
            {"duration": 22, "outcome": "voicemail", "direction": "outbound", "reached": False},
            (event(text_only=True, conversation_initiation_source="widget"),),
        ),
    )


def _elevenlabs_failure() -> Detail:
    body = {"CallSid": "CA1", "CallStatus": "busy", "Direction": "outbound-api"}
    data = {
        "agent_id": "ag-1",
        "conversation_id": "eleven-if",
        "failure_reason": "busy",
        "metadata": {"type": "twilio", "body": body},
    }
    return Detail(
        "elevenlabs",
        PlatformCall(
            "eleven-if",
            (in_json(type="call_initiation_failure", event_timestamp=1740830440, data=data),),
            {"outcome": "busy", "direction": "outbound", "reached": False},
        ),
    )


def _bland_end_ahead() -> Detail:
    """The end is that of the longest time that the call may have lasted."""
    began = datetime.now(UTC) - timedelta(minutes=1)
    call = {
        "call_id": "bland-ea",
        "created_at": (began - timedelta(seconds=5)).isoformat(),
        "started_at": began.isoformat(),
        "end_at": (began + timedelta(minutes=30)).isoformat(),
        "max_duration": 30,
        "inbound": False,
        "completed": True,
        "status": "completed",
        "answered_by": "human",
        "call_length": 0.45,
    }
    return Detail(
        "bland",
        PlatformCall(
            "bland-ea",
            (in_json(**call), in_json(**call, corrected_duration="30", price=0.05)),
            {"duration": 30, "outcome": "human", "cost": 0.05, "reached": True},
        ),
    )


def _vapi(call_id: str, kind: str, at: int, **members: Any) -> Event:
    call = {
        "id": call_id,
        "createdAt": "2025-06-10T09:06:55.710Z",
        "type": "outboundPhoneCall",
        "assistantId": "as-1",
    }
    return in_json(message={"type": kind, "timestamp": at, "call": call, **members})


def _vapi_never_rang() -> Detail:
    reason = "call.in-progress.error-vapifault-transport-never-connected"
    report = _vapi("vapi-nr", "end-of-call-report", 1749546450909, endedReason=reason, cost=0)
    return Detail(
        "vapi",
        PlatformCall(
            "vapi-nr",
            (_vapi("vapi-nr", "status-update", 1749546417000, status="queued"), report),
            {"started_at": "2025-06-10T09:06:55.71+00:00", "outcome": reason, "reached": False},
        ),
    )


def _vapi_analysed() -> Detail:
    """An evaluation on a scale from 1 to 10, and outputs by their ids."""
    outputs = {"so-1": {"name": "Appointment booked", "result": True}}
    return Detail(
        "vapi",
        PlatformCall(
            "vapi-an",
            (
                _vapi("vapi-an", "status-update", 1749546420649, status="in-progress"),
                _vapi(
                    "vapi-an",
                    "end-of-call-report",
                    1749546450909,
                    endedReason="assistant-ended-call",
                    startedAt="2025-06-10T09:07:00.649Z",
                    endedAt="2025-06-10T09:07:25.925Z",
                    analysis={"successEvaluation": "1"},
                    artifact={"structuredOutputs": outputs},
                ),
            ),
            {"success": None, "reached": True, "payload": {"structured_outputs": outputs}},
            (_vapi("vapi-an", "status-update", 1749546410000, status="scheduled"),),
        ),
    )


def _bolna(call_id: str, status: str, shown: Mapping[str, Any], **members: Any) -> Detail:
    """A terminal status, after the ringing, without a conversation unless it says so."""

    def execution(status: str, second: int, **members: Any) -> Event:
        details: dict[str, Any] = {
            "id": call_id,
            "agent_id": "ag-1",
            "status": status,
            "created_at": "2025-03-01T12:00:00.000000",
            "updated_at": f"2025-03-01T12:00:{second:02}.000000",
            "conversation_duration": 0,
            "total_cost": 0,
            "answered_by_voice_mail": None,
            "telephony_data": {"call_type": "outbound", "provider": "plivo", "duration": "0"},
        }
        return in_json(**{**details, **members})

    events = (execution("ringing", 3), execution(status, 50, **members))
    return Detail("bolna", PlatformCall(call_id, events, shown))


def _hung_up(reason: str) -> Mapping[str, Any]:
    return {"telephony_data": {"hangup_by": "Carrier", "hangup_reason": reason, "duration": "0"}}


DETAILS: Mapping[str, Detail] = {
    "retell: never connected": _retell_never_connected(
        "retell-nc", "dial_no_answer", "dial_no_answer"
    ),
    "retell: no credit": _retell_never_connected("retell-cr", "credit_exhausted", "not_connected"),
    "retell: invalid destination": _retell_invalid_destination(),
    "retell: voicemail": _retell_voicemail(),
    "elevenlabs: voicemail": _elevenlabs_voicemail(),
    "elevenlabs: not initiated": _elevenlabs_failure(),
    "bland: end ahead": _bland_end_ahead(),
    "bolna: rejected": _bolna(
        "bolna-rj",
        "completed",
        {"outcome": "Call recipient rejected", "duration": 0, "reached": False},
        **_hung_up("Call recipient rejected"),
    ),
    "bolna: voicemail": _bolna(
        "bolna-vm",
        "completed",
        {"outcome": "voicemail", "duration": 12, "reached": False},
        answered_by_voice_mail=True,
        conversation_duration=12.0,
    ),
    "bolna: hung up after a conversation": _bolna(
        "bolna-hc",
        "completed",
        {"outcome": "completed", "duration": 12.5, "reached": True},
        conversation_duration=12.5,
        **_hung_up("Call recipient rejected"),
    ),
    "bolna: error before a conversation": _bolna(
        "bolna-eb", "error", {"outcome": "failed", "reached": False}
    ),
    "bolna: error after a conversation": _bolna(
        "bolna-ea", "error", {"outcome": "error", "reached": True}, conversation_duration=12
    ),
    "bolna: stopped in the queue": _bolna(
        "bolna-sq", "stopped", {"outcome": "canceled", "reached": False}
    ),
    "vapi: never rang": _vapi_never_rang(),
    "vapi: analysed": _vapi_analysed(),
}
