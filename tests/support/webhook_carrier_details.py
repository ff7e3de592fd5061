"""Events of carriers that are easily read wrongly, in the shapes that they publish."""

from collections.abc import Mapping

from support.webhook_events import Detail, PlatformCall, form


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
    "plivo: ring timeout": _plivo_ring_timeout(),
}
