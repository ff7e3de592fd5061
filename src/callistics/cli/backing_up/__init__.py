"""Backups by the command line."""
