"""`python -m callistics.cli` is `callistics`."""

from callistics.cli import main
from callistics.runtime import run

run(main)
