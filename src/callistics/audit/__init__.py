"""The audit log: adding to it, and looking at it."""
