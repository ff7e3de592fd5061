"""What engines share: rows of records, what is derived from them, numbered migrations."""
