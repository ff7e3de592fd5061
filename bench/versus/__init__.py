"""This build and an older one at the same work by turns."""
