"""The scale-out engine: a ClickHouse server or cluster, or its own engine in process (chDB)."""
