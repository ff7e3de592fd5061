"""The embedded engine: one DuckDB file, one writer, many readers."""
