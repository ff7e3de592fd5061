"""Whole files into an empty store: beside an older build, other formats, and other databases."""
