"""Backups: one state of all that is stored as files in a folder or a bucket, and back."""
