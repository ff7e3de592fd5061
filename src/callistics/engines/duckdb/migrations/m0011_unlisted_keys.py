"""Keys of payloads that are not listed, apart from those that the engine makes columns of."""

from callistics.engines.duckdb.operations import AddColumn

OPERATIONS = tuple(
    AddColumn(table, "payload_unlisted", "MAP(VARCHAR, VARCHAR[])")
    for table in ("calls", "calls_held", "leads")
)
