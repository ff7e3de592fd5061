"""What comes in rows: figures and calls, as values and as tables; and tables as records."""
