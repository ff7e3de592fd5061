"""The words by which platforms and carriers say that nobody was spoken to.

They are the default of the setting `unreached_outcomes`. Words of a conversation that ended badly
are not among them, nor those of a transfer that nobody took.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from callistics.records.outcomes import outcome_key


@dataclass(frozen=True, slots=True)
class Source:
    """Where words were found, as they are written there."""

    owner: str
    document: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.owner}, {self.document}"


SOURCES = (
    Source(
        "Vapi",
        "vapi_server_sdk 3.0.0, CallEndedReason",
        (
            "call.in-progress.error-assistant-did-not-receive-customer-audio",
            "call.in-progress.error-providerfault-outbound-sip-403-forbidden",
            "call.in-progress.error-providerfault-outbound-sip-407-proxy-authentication-required",
            "call.in-progress.error-providerfault-outbound-sip-408-request-timeout",
            "call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable",
            "call.in-progress.error-providerfault-outbound-sip-503-service-unavailable",
            "call.in-progress.error-sip-inbound-call-failed-to-connect",
            "call.in-progress.error-sip-outbound-call-failed-to-connect",
            "call.ringing.error-sip-inbound-call-failed-to-connect",
            "call.ringing.sip-inbound-caller-hungup-before-call-connect",
            "call.start.error-fraud-check-failed",
            "call.start.error-get-assistant",
            "call.start.error-get-customer",
            "call.start.error-get-phone-number",
            "call.start.error-get-resources-validation",
            "call.start.error-get-transport",
            "call.start.error-subscription-concurrency-limit-reached",
            "call.start.error-subscription-frozen",
            "call.start.error-subscription-insufficient-credits",
            "call.start.error-subscription-upgrade-failed",
            "call.start.error-subscription-wallet-does-not-exist",
            "call.start.error-vapi-number-international",
            "call.start.error-vapi-number-outbound-daily-limit",
            "customer-busy",
            "customer-did-not-answer",
            "customer-did-not-give-microphone-permission",
            "manually-canceled",
            "phone-call-provider-bypass-enabled-but-no-call-received",
            "scheduled-call-deleted",
            "sip-outbound-unallocated-number",
            "twilio-failed-to-connect-call",
            "twilio-reported-customer-misdialed",
            "voicemail",
            "vonage-failed-to-connect-call",
            "vonage-rejected",
        ),
    ),
    Source(
        "Retell",
        "retell-sdk 6.2.13, disconnection_reason and call_status",
        (
            "concurrency_limit_reached",
            "dial_busy",
            "dial_failed",
            "dial_no_answer",
            "error_user_not_joined",
            "invalid_destination",
            "ivr_reached",
            "marked_as_spam",
            "no_valid_payment",
            "not_connected",
            "registered_call_timeout",
            "sip_routing_error",
            "telephony_provider_permission_denied",
            "telephony_provider_unavailable",
            "user_declined",
            "voicemail_reached",
        ),
    ),
    Source("Retell", "retell-sdk 3.12.0, disconnection_reason", ("machine_detected",)),
    Source("Bland", "bland 0.3.0, AnsweredByEnum", ("no-answer", "voicemail")),
    Source("Bland", "reference of call details, queue_status", ("pre_queue_error", "queue_error")),
    Source(
        "ElevenLabs",
        "elevenlabs 2.78.0, ConversationErrorType",
        ("blocked_by_user", "call_rejected", "line_busy", "no_answer"),
    ),
    Source(
        "ElevenLabs",
        "elevenlabs 2.78.0, BatchCallRecipientStatus",
        ("cancelled", "failed", "voicemail"),
    ),
    Source(
        "Twilio",
        "twilio 9.13.0, Call.Status",
        ("busy", "canceled", "failed", "no-answer"),
    ),
    Source(
        "Twilio",
        "twilio 9.13.0, Voice Insights CallState and AnsweredBy",
        (
            "fail",
            "fax",
            "machine_end_beep",
            "machine_end_other",
            "machine_end_silence",
            "machine_start",
            "noanswer",
            "undialed",
        ),
    ),
    Source(
        "Plivo",
        "documentation, hangup causes 1000 to 3020",
        (
            "Busy Line",
            "Canceled",
            "Canceled (Out Of Credits)",
            "Canceled (Simultaneous dial limit reached)",
            "Cancelled",
            "Cancelled (Out Of Credits)",
            "Destination Country Barred",
            "Destination Number Barred",
            "Destination Out Of Service",
            "Endpoint Not Registered",
            "Invalid Destination Address",
            "No Answer",
            "Rejected",
        ),
    ),
    Source(
        "Exotel",
        "documentation, StatusCallback and Call Status",
        ("busy", "canceled", "failed", "no-answer", "voicemail"),
    ),
    Source(
        "Telnyx",
        "telnyx 4.189.0, hangup_cause",
        (
            "call_rejected",
            "no_answer",
            "not_found",
            "originator_cancel",
            "timeout",
            "user_busy",
        ),
    ),
    Source(
        "Telnyx",
        "telnyx 4.189.0, machine detection results and TeXML status",
        ("busy", "canceled", "failed", "fax_detected", "machine", "no-answer"),
    ),
    Source(
        "Vonage",
        "vonage-voice 1.5.1, CallState",
        ("busy", "cancelled", "failed", "machine", "rejected", "timeout", "unanswered"),
    ),
    Source(
        "LiveKit",
        "livekit-protocol 1.1.29, DisconnectReason",
        ("SIP_TRUNK_FAILURE", "USER_REJECTED", "USER_UNAVAILABLE"),
    ),
    Source(
        "Bolna",
        "documentation, list of call statuses",
        ("balance-low", "busy", "canceled", "failed", "no-answer"),
    ),
    Source(
        "Synthflow",
        "documentation, post-call webhook and changelog of March and June 2026",
        (
            "busy",
            "canceled",
            "failed",
            "hangup_on_voicemail",
            "left_voicemail",
            "no-answer",
            "user-canceled",
            "voicemail_message_left",
        ),
    ),
    Source(
        "Asterisk",
        "documentation, DIALSTATUS of Dial and disposition of call detail records",
        (
            "BUSY",
            "CANCEL",
            "CHANUNAVAIL",
            "CONGESTION",
            "DONTCALL",
            "FAILED",
            "INVALIDARGS",
            "NO ANSWER",
            "NOANSWER",
            "TORTURE",
        ),
    ),
    Source(
        "FreeSWITCH",
        "hangup causes of switch_channel.c, after ITU-T Q.850",
        (
            "CALL_REJECTED",
            "CHANNEL_UNACCEPTABLE",
            "DESTINATION_OUT_OF_ORDER",
            "EXCHANGE_ROUTING_ERROR",
            "FACILITY_REJECTED",
            "GATEWAY_DOWN",
            "INCOMING_CALL_BARRED",
            "INCOMPATIBLE_DESTINATION",
            "INVALID_NUMBER_FORMAT",
            "LOSE_RACE",
            "NETWORK_OUT_OF_ORDER",
            "NORMAL_CIRCUIT_CONGESTION",
            "NORMAL_TEMPORARY_FAILURE",
            "NO_ANSWER",
            "NO_ROUTE_DESTINATION",
            "NO_ROUTE_TRANSIT_NET",
            "NO_USER_RESPONSE",
            "NUMBER_CHANGED",
            "ORIGINATOR_CANCEL",
            "OUTGOING_CALL_BARRED",
            "RECOVERY_ON_TIMER_EXPIRE",
            "REQUESTED_CHAN_UNAVAIL",
            "SUBSCRIBER_ABSENT",
            "SWITCH_CONGESTION",
            "UNALLOCATED_NUMBER",
            "USER_BUSY",
            "USER_NOT_REGISTERED",
        ),
    ),
    Source(
        "SIP",
        "RFC 3261, sections 21.4 to 21.6",
        (
            "404 Not Found",
            "408 Request Timeout",
            "410 Gone",
            "480 Temporarily Unavailable",
            "484 Address Incomplete",
            "486 Busy Here",
            "487 Request Terminated",
            "503 Service Unavailable",
            "600 Busy Everywhere",
            "603 Decline",
            "604 Does Not Exist Anywhere",
            "Busy Everywhere",
            "Busy Here",
            "Decline",
            "Does Not Exist Anywhere",
            "Request Terminated",
            "Request Timeout",
            "Temporarily Unavailable",
        ),
    ),
    Source("Naxai", "documentation, call hangup causes", ("remote-busy", "unreachable")),
    Source("crm-calls", "source code of 2026, internal/domain/vocab", ("NOT_ANSWERED",)),
    Source("Callistics", "the default of its first release", ("ABORT",)),
)


def sources_by_key() -> Mapping[str, tuple[Source, ...]]:
    """Every key of the default, in order, with the sources that have a word of it."""
    found: dict[str, list[Source]] = {}
    for source in SOURCES:
        for key in {key for word in source.words if (key := outcome_key(word))}:
            found.setdefault(key, []).append(source)
    return {key: tuple(found[key]) for key in sorted(found)}


DEFAULT_UNREACHED = tuple(sources_by_key())
"""The keys of all the words, in order."""
