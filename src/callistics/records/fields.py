"""The records that platforms push: each field declared once.

From a declaration derive both decoders, the codec of stored rows, the tables that engines must
have, filters, dimensions, measures, the OpenAPI document, the reference pages and the strategies
of the property tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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
    TEXT,
    UPDATED,
    FieldType,
)


class RecordKind(StrEnum):
    """What a record tells of; the value is the endpoint's name."""

    CALLS = "calls"
    LEADS = "leads"

    @property
    def id_field(self) -> str:
        """The field that names a record within its merchant."""
        return "call_id" if self is RecordKind.CALLS else "lead_id"


class Kept(StrEnum):
    """Where the values of a field go."""

    COLUMN = "a column of the record's table, merged field by field"
    IDENTITY = "what names the record for life"
    EVENT = "the status history"
    TIME = "the time of all other fields of the record"


CALLS = frozenset({RecordKind.CALLS})
LEADS = frozenset({RecordKind.LEADS})
BOTH = CALLS | LEADS


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of calls, leads or both.

    `filter` is the help of the filter by a list of values that it has, and `group` that of the
    dimension, `measure` that of the number that can be measured; empty where it has none.
    `part_of` names the field that it is merged with as one. `column` keeps it as it was sent.
    """

    name: str
    kinds: frozenset[RecordKind]
    type: FieldType
    help: str
    example: object
    required: bool = False
    kept: Kept = Kept.COLUMN
    column: str = ""
    filter: str = ""
    group: str = ""
    measure: str = ""
    part_of: str | None = None

    @property
    def stored_in(self) -> str:
        """The column that keeps the value as it was sent."""
        return self.column or self.name

    @property
    def schema(self) -> Mapping[str, object]:
        """The JSON schema of a value that is not null."""
        return self.type.schema


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
        INSTANT,
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
        "What the call came to, free text.",
        "CONFIRMED",
        filter="What a call came to; null in a list: none recorded.",
        group="What the call came to.",
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
    RecordField(
        "created_at", LEADS, INSTANT, "When the lead came into being.", "2025-01-14T08:00:00Z"
    ),
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

FIELDS: Mapping[RecordKind, Mapping[str, RecordField]] = {
    kind: {name: one for name, one in fields.items() if one.kept is Kept.COLUMN}
    for kind, fields in ALL_FIELDS.items()
}
"""Those that are merged field by field and kept in columns."""
