"""The files of the repository as the tests of its architecture see them."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "callistics"


def modules() -> list[Path]:
    """Every Python file of the package."""
    return sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> str:
    """A file's path below the root, for names of tests and messages."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def committed() -> tuple[Path, ...]:
    """Every file that git has or would take; without git, every file outside hidden folders."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        found = [ROOT / name for name in names.decode().split("\0") if name]
        return tuple(sorted(path for path in found if path.is_file()))
    return tuple(sorted(_unhidden(ROOT)))


def _unhidden(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in ("site", "build", "dist", "__pycache__"):
            continue
        if path.is_dir():
            yield from _unhidden(path)
        else:
            yield path


def text_of(path: Path) -> str:
    """A committed file's text; what is no text is empty."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
