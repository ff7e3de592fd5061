"""Files of records on their way to the server: read, mapped, batched, sent, reported."""
