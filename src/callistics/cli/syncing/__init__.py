"""`callistics sync`: rows of a table of PostgreSQL as records, from where the last run ended."""
