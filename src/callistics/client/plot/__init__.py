"""Answers as pictures: in a notebook, or in a file."""
