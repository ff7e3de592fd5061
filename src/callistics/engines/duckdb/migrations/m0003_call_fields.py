"""Who spoke, why a call ended, in which language, when it was answered, its success and its cost.

Of calls of before, none says that it was a success or when it was answered, so that the roll-ups
need no more than the columns.
"""

from callistics.engines.duckdb.operations import AddColumn

_FIELDS = {
    "agent_id": "VARCHAR",
    "end_reason": "VARCHAR",
    "language": "VARCHAR",
    "answered_at": "TIMESTAMP",
    "success": "BOOLEAN",
    "cost_micros": "BIGINT",
    "currency": "VARCHAR",
}
_JUDGED_BY = ("success", "answered_at")
_ROLLUPS = ("rollup_outcomes_blocks", "rollup_outcomes_days", "rollup_call_changes")
OPERATIONS = (
    *(
        AddColumn(table, name, kind)
        for table in ("calls", "calls_held")
        for name, kind in _FIELDS.items()
    ),
    *(AddColumn(table, name, _FIELDS[name]) for table in _ROLLUPS for name in _JUDGED_BY),
)
