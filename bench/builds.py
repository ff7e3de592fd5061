"""The builds that are measured: this checkout's, and an older one in a checkout of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import callistics

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Build:
    """How the product of a checkout is run: by its own environment if it has one, else by this."""

    root: Path
    python: str
    paths: tuple[Path, ...]

    def command(self, *arguments: str) -> list[str]:
        """A command line of the product."""
        return [self.python, "-m", "callistics.cli", *arguments]

    @property
    def variables(self) -> dict[str, str]:
        """The environment in which its processes run, without any setting of the product."""
        kept = {name: text for name, text in os.environ.items() if "CALLISTICS_" not in name}
        return {**kept, "PYTHONPATH": os.pathsep.join(map(str, self.paths))}

    @property
    def maintenance(self) -> str:
        """The command that puts a database in order; builds of before 0.2 name it otherwise."""
        return _maintenance(self)

    @property
    def revision(self) -> str:
        """What git calls the commit; `unknown` outside of git."""
        command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
        try:
            done = subprocess.run(
                command, cwd=self.root, capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return "unknown"
        return done.stdout.strip()


@cache
def _maintenance(build: Build) -> str:
    listed = subprocess.run(
        build.command("--help"), env=build.variables, check=True, text=True, stdout=subprocess.PIPE
    ).stdout
    return "optimize" if "optimize" in listed else "tidy"


OWN = Build(_ROOT, sys.executable, (Path(callistics.__file__).parents[1], _ROOT))
"""The build that this benchmark belongs to."""


def checkout(path: Path) -> Build:
    """The build of another checkout. Raises `FileNotFoundError` where there is none."""
    root = path.resolve()
    if not (root / "src" / "callistics").is_dir():
        raise FileNotFoundError(f"{path} is no checkout: it has no src/callistics")
    own = root / ".venv" / "bin" / "python"
    return Build(root, str(own) if own.exists() else sys.executable, (root / "src",))
