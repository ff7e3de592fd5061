"""`python -m callistics.cli` is `callistics`."""

from callistics.cli import main

main()
