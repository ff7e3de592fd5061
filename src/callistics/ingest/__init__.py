"""The way of a record: read, validate, merge, commit, acknowledge."""
