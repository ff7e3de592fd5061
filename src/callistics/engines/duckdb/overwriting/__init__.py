"""Leaving nothing in the file of what was erased."""
