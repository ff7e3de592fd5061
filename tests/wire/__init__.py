"""The product over HTTP to a ClickHouse that does not always answer as it should."""
