"""A client that TypeScript makes of the OpenAPI document compiles, and answers a question."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callistics import Client
from callistics.testing import RunningServer
from support.programs import attempt, bring_document, install, run

SOURCE = Path(__file__).parent / "typescript"
NPM = shutil.which("npm")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NPM is None, reason="npm is not installed"),
]


@pytest.fixture
def project(tmp_path: Path, running: RunningServer) -> Path:
    """The program with its packages, and the document of the running server."""
    folder = tmp_path / "typescript"
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("node_modules"))
    patience = ("--fetch-retries=0", "--fetch-timeout=20000")
    install(folder, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", *patience)
    bring_document(running.url, folder)
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
    compiled = attempt(project, "npm", "run", "build")
    assert compiled.returncode != 0
    errors = [line for line in compiled.stdout.splitlines() if ": error " in line]
    assert errors
    assert all(line.startswith("wrong.ts(") and "merchnat_id" in line for line in errors)
    assert run(project, "node", "built/main.js", running.url, running.key, merchant) == "7\n"
