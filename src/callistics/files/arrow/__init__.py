"""Typed columns, of Parquet and Arrow files, as JSON values."""
