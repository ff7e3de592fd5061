"""Numbered schema migrations, applied in order and never edited once released.

Written for a server and a cluster alike: `NNNN_name.sql` has tables alone, marked `-- sharded` or
`-- everywhere`; `mNNNN_name.py` has `OPERATIONS`, a tuple of what is in
`engines/clickhouse/operations.py`.
"""
