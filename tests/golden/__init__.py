"""The compiled SQL, as files that are reviewed like code."""
