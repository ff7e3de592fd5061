"""The embedded engine: one DuckDB file, one writer, readers beside it."""
