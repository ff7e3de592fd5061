"""Files that an import writes, which must be none of those that it reads."""

import os
import stat
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import click

from callistics.files.open import STDIN


def check_not_overwritten(written: Mapping[str, Path | None], read: Iterable[str]) -> None:
    """Raises `click.UsageError` where an option would write a file that is read, or two the same.

    `written` are the files of the options, by their names. Devices and pipes may be both.
    """
    known = {_identity(name): name for name in read}
    for option, path in written.items():
        if path is None:
            continue
        identity = _identity(str(path))
        if identity is not None and identity in known:
            raise click.UsageError(f"{option} {path} would overwrite {known[identity]}")
        if identity is not None:
            known[identity] = option


def _identity(name: str) -> tuple[int, int] | None:
    """What tells a file from all others, however it is named; None for what is no file."""
    with suppress(OSError, ValueError):
        found = os.fstat(sys.stdin.fileno()) if name == STDIN else Path(name).stat()
        return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
    return None
