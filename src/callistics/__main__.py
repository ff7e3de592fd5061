"""`callistics` and `python -m callistics`: the command line, or how to install what it needs."""

import sys
from typing import NoReturn

from callistics.errors import not_installed
from callistics.runtime import run


def main() -> NoReturn:
    """Run a command, and end the process."""
    run(_run)


def _run() -> None:
    try:
        from callistics.cli import main as command  # noqa: PLC0415
    except ModuleNotFoundError as error:
        sys.exit(not_installed(error))
    command()


if __name__ == "__main__":
    main()
