"""The keys of outcomes as they compare now: anything but letters and digits is one `_`."""

from callistics.engines.duckdb.operations import Recompute
from callistics.records.outcomes import outcome_key

_TABLES = (
    "calls",
    "calls_held",
    "rollup_outcomes_blocks",
    "rollup_outcomes_days",
    "rollup_call_changes",
)
OPERATIONS = tuple(Recompute(table, "outcome_key", "outcome", outcome_key) for table in _TABLES)
