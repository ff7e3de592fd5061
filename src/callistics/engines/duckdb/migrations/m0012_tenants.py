"""The merchants of each reseller and each template; without a value a merchant may have any."""

from callistics.engines.duckdb.operations import Sql

_MOST = 1_000
_THERE = "\nUNION ".join(
    f"SELECT '{field}' AS field, merchant_id, {field} AS value FROM {table}"
    f" WHERE {field} IS NOT NULL"
    for table in ("calls", "leads")
    for field in ("reseller_id", "template_id")
)

OPERATIONS = (
    Sql(
        "CREATE TABLE tenants (field VARCHAR NOT NULL, merchant_id VARCHAR NOT NULL, value VARCHAR)"
    ),
    Sql(
        "INSERT INTO tenants SELECT DISTINCT field, merchant_id,"
        f" CASE WHEN number <= {_MOST} THEN value END FROM (SELECT *, row_number() OVER"
        f" (PARTITION BY field, merchant_id ORDER BY value) AS number FROM ({_THERE}))"
    ),
)
