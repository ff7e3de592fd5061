"""Numbered schema migrations, `NNNN_name.sql`, applied in order and never edited once released.

Written for a server and a cluster alike: see `engines/clickhouse/migrate.py` for what stands where
`{engine}`, `{local}` and the comments `-- sharded` and `-- everywhere` are.
"""
