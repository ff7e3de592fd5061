"""Answers as files: all rows, written piece by piece in the format that was asked for."""
