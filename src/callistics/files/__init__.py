"""Files of records: opened, read and mapped to records."""
