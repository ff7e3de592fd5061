"""Numbered schema migrations, applied in order and never edited once released.

`NNNN_name.sql` is SQL of any kind; `mNNNN_name.py` has `OPERATIONS`, a tuple of what is in
`engines/duckdb/operations.py`.
"""
