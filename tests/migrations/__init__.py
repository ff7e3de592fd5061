"""Databases of earlier schemas, brought to the newest."""
