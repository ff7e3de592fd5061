"""Programs in other languages: what they need is installed, then they are compiled and run."""

import os
import subprocess
from pathlib import Path

import httpx
import pytest

# What npm, pip and uv say where there is no network; anything else is a failure.
_NO_NETWORK = (
    *("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ECONNRESET"),
    *("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "dns error"),
    *("Connection refused", "Network is unreachable", "operation timed out"),
)


def attempt(
    folder: Path, *command: str | Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command, with variables of the environment of its own."""
    environment = {**os.environ, **variables}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def run(folder: Path, *command: str | Path, **variables: str) -> str:
    """What a command prints, that has to do what it is for."""
    done = attempt(folder, *command, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def bring_document(url: str, folder: Path) -> None:
    """Put the OpenAPI document of a server into a folder."""
    document = httpx.get(f"{url}/openapi.json", trust_env=False)
    (folder / "openapi.json").write_bytes(document.content)


def install(folder: Path, *command: str | Path, **variables: str) -> None:
    """Run a command that installs packages; without a network the test is skipped."""
    done = attempt(folder, *command, **variables)
    if done.returncode != 0 and any(one in done.stderr for one in _NO_NETWORK):
        pytest.skip(f"{Path(command[0]).name} has no network to install packages from")
    assert done.returncode == 0, done.stdout + done.stderr
