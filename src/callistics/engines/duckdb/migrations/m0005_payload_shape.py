"""Which keys a payload has, and the JSON type of what is under each, as one text of few kinds."""

from callistics.engines.duckdb.operations import AddColumn, Rebuild

OPERATIONS = (
    *(AddColumn(table, "payload_shape", "VARCHAR") for table in ("calls", "calls_held", "leads")),
    Rebuild(),
)
