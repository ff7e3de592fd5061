"""The records that platforms push: each field declared once.

From a declaration derive both decoders, the codec of stored rows, the tables that engines must
have, filters, dimensions, measures, the OpenAPI document, the reference pages and the strategies
of the property tests.
"""

from collections.abc import Mapping

from callistics.records.field import BOTH, CALLS, LEADS, Kept, RecordField, RecordKind
from callistics.records.field_types import (
    ATTEMPT,
    COST,
    CURRENCY,
    DIRECTION,
    DURATION,
    FLAG,
    INSTANT,
    NAME,
    PAYLOAD,
    SENTIMENT,
    STARTED,
    TEXT,
    UPDATED,
)

_DECLARED = (
    RecordField(
        "call_id",
        CALLS,
        NAME,
        "Names the call within its merchant, for life.",
        "call_2024-000017",
        required=True,
        kept=Kept.IDENTITY,
    ),
    RecordField(
        "lead_id",
        LEADS,
        NAME,
        "Names the lead within its merchant, for life.",
        "lead_81",
        required=True,
        kept=Kept.IDENTITY,
    ),
    RecordField(
        "merchant_id",
        BOTH,
        NAME,
        "The business on whose behalf the call is made.",
        "mer_abc",
        required=True,
        kept=Kept.IDENTITY,
        filter="The merchant, compared exactly.",
        group="The merchant.",
    ),
    RecordField(
        "reseller_id",
        BOTH,
        NAME,
        "The partner that brought the merchant.",
        "res_north",
        required=True,
        filter="The reseller, compared exactly.",
        group="The reseller.",
    ),
    RecordField(
        "started_at",
        CALLS,
        STARTED,
        "When the call was dialled.",
        "2025-01-15T09:30:00Z",
        required=True,
    ),
    RecordField(
        "template_id",
        BOTH,
        TEXT,
        "The script of the campaign.",
        "tpl_xyz789",
        filter="The calling script, compared exactly.",
        group="The calling script.",
    ),
    RecordField(
        "lead_id",
        CALLS,
        NAME,
        "The person called; without it the call is its own lead.",
        "lead_81",
        filter="One person, or several.",
    ),
    RecordField(
        "provider",
        CALLS,
        TEXT,
        "The telephony provider.",
        "TWILIO",
        filter="The telephony provider of a call.",
        group="The telephony provider.",
    ),
    RecordField(
        "direction",
        CALLS,
        DIRECTION,
        "`outbound` or `inbound`, in upper or lower case.",
        "outbound",
        filter="`outbound` or `inbound`.",
        group="`outbound` or `inbound`.",
    ),
    RecordField(
        "attempt",
        CALLS,
        ATTEMPT,
        "Which attempt to reach the lead this is, from 1; inferred where it is not sent.",
        1,
        column="attempt_sent",
    ),
    RecordField(
        "duration",
        CALLS,
        DURATION,
        "Seconds, may be fractional; rounded half up to milliseconds.",
        42.5,
        column="duration_sent_ms",
        measure="Seconds that the call lasted, to the millisecond.",
    ),
    RecordField(
        "ended_at",
        CALLS,
        INSTANT,
        "When the call ended; counts only while `duration` is null, and from the start on.",
        "2025-01-15T09:30:42Z",
    ),
    RecordField(
        "outcome",
        CALLS,
        TEXT,
        "The outcome of the call, free text.",
        "CONFIRMED",
        filter="The outcome of a call; null in a list matches calls without one.",
        group="The outcome of the call.",
    ),
    RecordField(
        "sentiment",
        CALLS,
        SENTIMENT,
        "0.0 (negative) to 1.0 (positive), or `positive`, `neutral`, `negative` in any case.",
        0.8,
        measure="0.0 (negative) to 1.0 (positive).",
    ),
    RecordField(
        "status",
        BOTH,
        TEXT,
        "The lead's status as of this record.",
        "contacted",
        kept=Kept.EVENT,
        filter="The lead's current status.",
        group="The lead's current status.",
    ),
    RecordField(
        "payload",
        BOTH,
        PAYLOAD,
        "Free-form JSON of the platform's own; replaced whole by a newer one.",
        {"city": "Delhi", "plan": "gold"},
        column="payload_own",
    ),
    RecordField("test", CALLS, FLAG, "True keeps the call out of analytics.", False),
    RecordField("created_at", LEADS, INSTANT, "When the lead was created.", "2025-01-14T08:00:00Z"),
    RecordField(
        "updated_at",
        BOTH,
        UPDATED,
        "The time this record is as of; the newest wins field by field.",
        "2025-01-15T09:31:00Z",
        kept=Kept.TIME,
    ),
    RecordField(
        "agent_id",
        CALLS,
        TEXT,
        "Who spoke on the platform's side: a voice assistant or a person.",
        "agent_maya",
        filter="Who spoke on the platform's side.",
        group="Who spoke on the platform's side.",
    ),
    RecordField(
        "end_reason",
        CALLS,
        TEXT,
        "Why the call ended, the platform's own text.",
        "customer-ended-call",
        filter="Why a call ended, the platform's own text.",
        group="Why the call ended.",
    ),
    RecordField(
        "language",
        CALLS,
        TEXT,
        "The language spoken.",
        "en-IN",
        filter="The language spoken.",
        group="The language spoken.",
    ),
    RecordField(
        "answered_at",
        CALLS,
        INSTANT,
        "When somebody, or something, picked up; from the start on.",
        "2025-01-15T09:30:05Z",
    ),
    RecordField(
        "success",
        CALLS,
        FLAG,
        "Whether the call reached its aim; where it is null, the outcome decides.",
        True,
    ),
    RecordField(
        "cost",
        CALLS,
        COST,
        "What the call cost, rounded half up to 6 decimals; brings its `currency` with it.",
        0.042,
        column="cost_micros",
        measure="What the call cost; a row for each currency.",
    ),
    RecordField(
        "currency",
        CALLS,
        CURRENCY,
        "The currency of `cost`: three letters, kept in upper case.",
        "USD",
        filter="The currency of a call's cost, in any case.",
        part_of="cost",
    ),
)


def _of(kind: RecordKind) -> Mapping[str, RecordField]:
    found = [one for one in _DECLARED if kind in one.kinds]
    found.sort(key=lambda one: one.name != kind.id_field)
    return {one.name: one for one in found}


ALL_FIELDS: Mapping[RecordKind, Mapping[str, RecordField]] = {
    kind: _of(kind) for kind in RecordKind
}
"""Every field that a record of a kind may have, in the order of the documentation, its id first."""

PARTS: Mapping[str, str] = {
    name: one.part_of
    for fields in ALL_FIELDS.values()
    for name, one in fields.items()
    if one.part_of is not None
}
"""Fields that come, and are merged, as a part of another one, and which."""

FIELDS: Mapping[RecordKind, Mapping[str, RecordField]] = {
    kind: {name: one for name, one in fields.items() if one.kept is Kept.COLUMN}
    for kind, fields in ALL_FIELDS.items()
}
"""Those that are merged field by field and kept in columns."""

REQUIRED: Mapping[RecordKind, tuple[str, ...]] = {
    kind: tuple(name for name, one in fields.items() if one.required)
    for kind, fields in FIELDS.items()
}
"""Of these, the ones without which a record waits."""
