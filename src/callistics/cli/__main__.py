"""`python -m callistics.cli` is `callistics`."""

from callistics.__main__ import main

main()
