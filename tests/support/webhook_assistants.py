"""One call each as platforms of voice assistants tell of it, in the shapes that they publish."""

from collections.abc import Mapping
from typing import Any

from support.webhook_events import Event, PlatformCall, in_json


def _vapi() -> PlatformCall:
    call = {
        "id": "vapi-1",
        "createdAt": "2025-06-10T09:06:55.710Z",
        "type": "outboundPhoneCall",
        "phoneCallProvider": "twilio",
        "assistantId": "as-1",
        "metadata": {"campaign": "spring"},
    }

    def message(kind: str, at: int, **members: Any) -> Event:
        return in_json(message={"type": kind, "timestamp": at, "call": call, **members})

    return PlatformCall(
        "vapi-1",
        (
            message("status-update", 1749546417000, status="ringing"),
            message("status-update", 1749546420649, status="in-progress"),
            message(
                "status-update",
                1749546446100,
                status="ended",
                endedReason="customer-ended-call",
            ),
            message(
                "end-of-call-report",
                1749546450909,
                endedReason="customer-ended-call",
                startedAt="2025-06-10T09:07:00.649Z",
                endedAt="2025-06-10T09:07:25.925Z",
                durationMs=25276,
                durationSeconds=25.276,
                durationMinutes=0.4213,
                cost=0.0394,
                costs=[{"type": "of-tomorrow", "cost": 1}],
                analysis={"successEvaluation": "true"},
            ),
        ),
        {
            "started_at": "2025-06-10T09:07:00.649+00:00",
            "duration": 25.276,
            "outcome": "customer-ended-call",
            "end_reason": "customer-ended-call",
            "direction": "outbound",
            "agent_id": "as-1",
            "cost": 0.0394,
            "currency": "USD",
            "success": True,
            "payload": {"metadata": {"campaign": "spring"}},
        },
        (in_json(message={"type": "conversation-update", "call": call}),),
    )


def _retell() -> PlatformCall:
    call = {
        "call_id": "retell-1",
        "call_type": "phone_call",
        "direction": "inbound",
        "agent_id": "ag-1",
        "start_timestamp": 1714608475945,
    }
    ended = {
        **call,
        "end_timestamp": 1714608491736,
        "duration_ms": 15791,
        "disconnection_reason": "of_tomorrow",
        "metadata": {"z": "z"},
        "call_cost": {"combined_cost": 99},
    }
    # As of the same end, and all that it says goes before.
    analyzed = {
        **ended,
        "call_analysis": {
            "user_sentiment": "Positive",
            "call_successful": True,
            "custom_analysis_data": {"a": 1},
        },
        "call_cost": {"combined_cost": 12.345},
    }
    return PlatformCall(
        "retell-1",
        (
            in_json(event="call_started", call=call),
            in_json(event="call_ended", call=ended),
            in_json(event="call_analyzed", call=analyzed),
        ),
        {
            "started_at": "2024-05-02T00:07:55.945+00:00",
            "duration": 15.791,
            "outcome": "of_tomorrow",
            "direction": "inbound",
            "sentiment": 1.0,
            "success": True,
            "cost": 0.12345,
            "currency": "USD",
            "payload": {
                "call_type": "phone_call",
                "custom_analysis_data": {"a": 1},
                "metadata": {"z": "z"},
            },
        },
        (in_json(event="transcript_updated", call=ended),),
    )


def _bland() -> PlatformCall:
    call = {
        "call_id": "bland-1",
        "created_at": "2025-03-01T12:00:00.000+00:00",
        "started_at": "2025-03-01T12:00:02.000+00:00",
        "end_at": "2025-03-01T12:01:02.000Z",
        "inbound": False,
        "completed": True,
        "answered_by": "human",
        "call_length": 0.9,
        "queue_status": "complete",
    }
    return PlatformCall(
        "bland-1",
        (
            in_json(**call),
            in_json(**call, corrected_duration="55", price=0.09, call_ended_by="USER"),
        ),
        {
            "started_at": "2025-03-01T12:00:02+00:00",
            "duration": 55,
            "outcome": "human",
            "end_reason": "USER",
            "direction": "outbound",
            "cost": 0.09,
        },
        (in_json(message="Pathway node", category="pathway", call_id="bland-1"),),
    )


def _elevenlabs() -> PlatformCall:
    data = {
        "agent_id": "ag-1",
        "conversation_id": "eleven-1",
        "status": "done",
        "metadata": {
            "start_time_unix_secs": 1739537297,
            "call_duration_secs": 22,
            "cost": 296,
            "cost_fiat": 0.0825,
            "termination_reason": "end_call tool was called.",
            "phone_call": {"type": "twilio", "direction": "outbound"},
        },
        "analysis": {"call_successful": "failure"},
    }
    return PlatformCall(
        "eleven-1",
        (in_json(type="post_call_transcription", event_timestamp=1739537330, data=data),),
        {
            "started_at": "2025-02-14T12:48:17+00:00",
            "duration": 22,
            "outcome": "done",
            "end_reason": "end_call tool was called.",
            "direction": "outbound",
            "success": False,
            "cost": 0.0825,
            "currency": "USD",
            "payload": {"credits": 296},
        },
        (
            in_json(
                type="post_call_audio",
                event_timestamp=1739537331,
                data={"conversation_id": "eleven-1", "full_audio": "SUQz"},
            ),
        ),
    )


def _bolna() -> PlatformCall:
    def execution(status: str, second: int, **members: Any) -> Event:
        telephony = {"call_type": "outbound", "provider": "plivo", "duration": "0"}
        return in_json(
            **{
                "id": "bolna-1",
                "agent_id": "ag-1",
                "status": status,
                "created_at": "2025-03-01T12:00:00.000000",
                "initiated_at": "2025-03-01T12:00:01.000000",
                "updated_at": f"2025-03-01T12:00:{second:02}.000000",
                "conversation_duration": 0,
                "total_cost": 0,
                "telephony_data": telephony,
                **members,
            }
        )

    done = {
        "conversation_duration": 42.5,
        "total_cost": 12.5,
        "telephony_data": {
            "call_type": "outbound",
            "provider": "plivo",
            "duration": "43",
            "hangup_reason": "Call recipient hungup",
        },
    }
    return PlatformCall(
        "bolna-1",
        (
            execution("queued", 1, initiated_at=None),
            execution("ringing", 3),
            execution("in-progress", 8),
            execution("call-disconnected", 50),
            execution("completed", 55, **done),
        ),
        {
            "started_at": "2025-03-01T12:00:01+00:00",
            "duration": 42.5,
            "outcome": "completed",
            "end_reason": "Call recipient hungup",
            "provider": "plivo",
            "cost": 0.125,
            "currency": "USD",
        },
    )


def _synthflow() -> PlatformCall:
    call = {
        "call_id": "synth-1",
        "model_id": "md-1",
        "status": "completed",
        "start_time": "1740830401000",
        "duration": 42,
        "end_call_reason": "human_goodbye",
    }
    return PlatformCall(
        "synth-1",
        (in_json(status="completed", lead={"name": "Ada"}, call=call),),
        {
            "started_at": "2025-03-01T12:00:01+00:00",
            "duration": 42,
            "outcome": "completed",
            "end_reason": "human_goodbye",
            "agent_id": "md-1",
            "payload": {"lead": {"name": "Ada"}},
        },
        (in_json(call={"call_id": "synth-1", "status": "in-progress"}),),
    )


CALLS: Mapping[str, PlatformCall] = {
    "vapi": _vapi(),
    "retell": _retell(),
    "bland": _bland(),
    "elevenlabs": _elevenlabs(),
    "bolna": _bolna(),
    "synthflow": _synthflow(),
}
