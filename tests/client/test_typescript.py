"""A client that TypeScript makes of the OpenAPI document compiles, and answers a question."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from callistics import Client
from callistics.testing import RunningServer

SOURCE = Path(__file__).parent / "typescript"
NPM = shutil.which("npm")
# What npm says where it has no network; anything else is a failure.
NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ECONNRESET")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NPM is None, reason="npm is not installed"),
]


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def project(tmp_path: Path, running: RunningServer) -> Path:
    """The program with its packages, and the document of the running server."""
    folder = tmp_path / "typescript"
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("node_modules"))
    patience = ("--fetch-retries=0", "--fetch-timeout=20000")
    command = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", *patience)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0 and any(one in done.stderr for one in NO_NETWORK):
        pytest.skip("npm has no network to install packages from")
    assert done.returncode == 0, done.stderr
    document = httpx.get(f"{running.url}/openapi.json", trust_env=False)
    (folder / "openapi.json").write_bytes(document.content)
    return folder


def test_a_question_from_typescript(
    project: Path,
    running: RunningServer,
    client: Client,
    records: Callable[[int], list[dict[str, Any]]],
    merchant: str,
) -> None:
    client.ingest(records(7))
    run(project, "npm", "run", "types")
    # The compiler knows the names: one that is wrong does not get through, and all others do.
    right = (project / "main.ts").read_text(encoding="utf-8")
    (project / "wrong.ts").write_text(right.replace("merchant_id", "merchnat_id"))
    compiled = subprocess.run(
        ("npm", "run", "build"), cwd=project, capture_output=True, text=True, check=False
    )
    assert compiled.returncode != 0
    errors = [line for line in compiled.stdout.splitlines() if ": error " in line]
    assert errors
    assert all(line.startswith("wrong.ts(") and "merchnat_id" in line for line in errors)
    assert run(project, "node", "built/main.js", running.url, running.key, merchant) == "7\n"
