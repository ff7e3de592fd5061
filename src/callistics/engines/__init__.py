"""Storage engines: each keeps the records and answers statements, behind one interface."""
