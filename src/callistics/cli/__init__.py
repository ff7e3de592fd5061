"""The command line: `callistics`, and `python -m callistics.cli`."""

from callistics.cli.group import main

__all__ = ["main"]
