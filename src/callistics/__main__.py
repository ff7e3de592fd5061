"""`callistics` and `python -m callistics`: the command line, or how to install what it needs."""

import sys

from callistics.errors import not_installed
from callistics.runtime import tune


def main() -> None:
    """Run a command."""
    tune()
    try:
        from callistics.cli import main as command  # noqa: PLC0415
    except ModuleNotFoundError as error:
        sys.exit(not_installed(error))
    command()


if __name__ == "__main__":
    main()
