"""The secret that tokens are signed with, which outlives the process: one row, once it was made."""

from callistics.engines.duckdb.operations import Sql

OPERATIONS = (Sql("CREATE TABLE token_secret (secret VARCHAR NOT NULL)"),)
