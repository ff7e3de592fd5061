"""Who spoke, why a call ended, in which language, when it was answered, its success and cost."""

from callistics.engines.clickhouse.operations import AddColumn

_TIME = "Nullable(DateTime64(6, 'UTC'))"
_FIELDS = {
    "agent_id": "LowCardinality(Nullable(String))",
    "end_reason": "LowCardinality(Nullable(String))",
    "language": "LowCardinality(Nullable(String))",
    "answered_at": _TIME,
    "success": "Nullable(Bool)",
    "cost_micros": "Nullable(Int64)",
    "currency": "LowCardinality(Nullable(String))",
}
OPERATIONS = tuple(
    AddColumn(table, name, kind)
    for table in ("calls", "calls_held")
    for name, kind in _FIELDS.items()
)
