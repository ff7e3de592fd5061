"""The command line: `callistics`, and `python -m callistics.cli`."""

import sys
from typing import Any

# httpx comes with a command of its own, and loads it where its packages are there: that is up to a
# quarter of the time in which a command of this one starts.
_modules: dict[str, Any] = sys.modules
_modules.setdefault("httpx._main", None)

from callistics.cli.root import main  # noqa: E402 - after that

__all__ = ["main"]
