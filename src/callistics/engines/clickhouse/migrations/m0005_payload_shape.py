"""Which keys a payload has, and the JSON type of what is under each, as one text of few kinds."""

from callistics.engines.clickhouse.operations import AddColumn, Rebuild

OPERATIONS = (
    *(
        AddColumn(table, "payload_shape", "LowCardinality(Nullable(String))")
        for table in ("calls", "leads")
    ),
    Rebuild(),
)
