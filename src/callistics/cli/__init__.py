"""The command line: `callistics`, and `python -m callistics.cli`."""

from callistics.cli.root import main

__all__ = ["main"]
