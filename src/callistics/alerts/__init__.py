"""Alerts: what they watch, when that is looked at, and who is told."""
