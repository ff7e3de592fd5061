"""Single events of platforms that are easily read wrongly, in the shapes that they publish."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from support.webhook_events import Event, PlatformCall, form, in_json


class Detail(NamedTuple):
    """A call of a source, with all that is to be shown of it."""

    source: str
    call: PlatformCall


def _retell_never_connected() -> Detail:
    """No time but that of the event; the analysis comes later."""
    call = {
        "call_id": "retell-nc",
        "call_type": "phone_call",
        "agent_id": "ag-1",
        "call_status": "not_connected",
        "duration_ms": 0,
        "transcript": "",
        "disconnection_reason": "dial_no_answer",
        "call_cost": {"product_costs": [], "combined_cost": 0},
        "from_number": "+15550100",
        "to_number": "+15550101",
        "direction": "outbound",
    }
    analysis = {"user_sentiment": "Unknown", "call_successful": False, "custom_analysis_data": {}}
    return Detail(
        "retell",
        PlatformCall(
            "retell-nc",
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
                "outcome": "dial_no_answer",
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


DETAILS: Mapping[str, Detail] = {
    "retell: never connected": _retell_never_connected(),
    "retell: invalid destination": _retell_invalid_destination(),
    "vapi: never rang": _vapi_never_rang(),
    "vapi: analysed": _vapi_analysed(),
    "plivo: ring timeout": _plivo_ring_timeout(),
}
