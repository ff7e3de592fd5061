"""What people read instead of the names of fields: one table for pictures, panels and tables."""

from callistics.catalog.dimensions import PAYLOAD_PREFIX
from callistics.queries.base import PREVIOUS
from callistics.sql.selection import Unit

_LABELS = {
    "agent_id": "Agent",
    "attempt": "Attempt",
    "avg": "Average",
    "avg_duration": "Average duration",
    "calls": "Calls",
    "conversion_rate": "Share of the first stage",
    "date": "Date",
    "date_range": "Range",
    "direction": "Direction",
    "end_reason": "End reason",
    "from": "From",
    "hour": "Hour",
    "language": "Language",
    "lead_id": "Lead",
    "max": "Maximum",
    "max_cost": "Cost to",
    "max_duration": "Duration to",
    "merchant_id": "Merchant",
    "min": "Minimum",
    "min_cost": "Cost from",
    "min_duration": "Duration from",
    "p50": "Median",
    "p90": "90th percentile",
    "p95": "95th percentile",
    "p99": "99th percentile",
    "payload_filters": "Payload",
    "peak": "Most at once",
    "percentage": "Share",
    "reach_rate": "Reach rate",
    "reseller_id": "Reseller",
    "sentiment_max": "Sentiment to",
    "sentiment_min": "Sentiment from",
    "step_rate": "Share of the stage before",
    "success": "Succeeded",
    "sum": "Sum",
    "template_id": "Template",
    "to": "To",
    "total": "Total",
}
_OF_UNIT = {"count": {Unit.CALLS: "Calls", Unit.LEADS: "Leads"}}
COMPARED = ", compared period"
"""What the labels of the compared range's figures end with."""


def label(field: str, unit: Unit = Unit.CALLS) -> str:
    """The label of a field of rows, a filter or a group; an unknown one's name as words."""
    if field.startswith(PREVIOUS):
        return label(field.removeprefix(PREVIOUS), unit) + COMPARED
    if field.startswith(PAYLOAD_PREFIX):
        return field.removeprefix(PAYLOAD_PREFIX)
    if field in _OF_UNIT:
        return _OF_UNIT[field][unit]
    return _LABELS.get(field) or field.replace("_", " ").capitalize()
