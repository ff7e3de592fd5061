"""`callistics` and `python -m callistics`: the command line, or how to install what it needs."""

import sys
from typing import NoReturn

from callistics.errors import not_installed
from callistics.runtime import end, tune


def main() -> NoReturn:
    """Run a command, and end the process."""
    tune()
    try:
        _run()
    except SystemExit as error:
        if isinstance(error.code, str):
            # The interpreter prints it.
            raise
        end(error.code or 0)
    end(0)


def _run() -> None:
    try:
        from callistics.cli import main as command  # noqa: PLC0415
    except ModuleNotFoundError as error:
        sys.exit(not_installed(error))
    command()


if __name__ == "__main__":
    main()
