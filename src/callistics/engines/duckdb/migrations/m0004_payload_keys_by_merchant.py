"""The keys of payloads by merchant; a row without a key says that there are more than are listed.

Keys of before have no merchant: some payload has them.
"""

from callistics.engines.duckdb.operations import AddColumn, Sql

OPERATIONS = (
    AddColumn("payload_keys", "merchant_id", "VARCHAR"),
    Sql("ALTER TABLE payload_keys ALTER COLUMN key DROP NOT NULL"),
)
