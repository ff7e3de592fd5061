"""Roll-ups: their sums, change log, refresh and compaction."""
