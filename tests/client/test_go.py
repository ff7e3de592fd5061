"""A client that Go makes of the OpenAPI document compiles, and answers a question."""

import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from callistics import Client
from callistics.testing import RunningServer
from support.programs import attempt, bring_document, install, run

ROOT = Path(__file__).parents[2]
MAIN = Path(__file__).parent / "go" / "main.go"
# Debian's golang-gopkg-validator.v2-dev, which generated models import.
LIBRARIES = Path("/usr/share/gocode")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("go") is None or not (LIBRARIES / "src/gopkg.in/validator.v2").exists(),
        reason="Go, or golang-gopkg-validator.v2-dev of Debian, is not installed",
    ),
]


@pytest.fixture
def generator(tmp_path: Path) -> Path:
    """A folder with OpenAPI Generator, and the Java that it runs on."""
    folder = tmp_path / "generator"
    pip = (sys.executable, "-m", "pip", "--retries=0") if find_spec("pip") else ("uv", "pip")
    lock = ROOT / "requirements" / "clients.txt"
    hashed = ("--target", folder, "--no-deps", "--require-hashes", "-r", lock)
    install(tmp_path, *pip, "install", "--quiet", *hashed)
    return folder


@pytest.fixture
def project(tmp_path: Path, generator: Path, running: RunningServer) -> Path:
    """The generated package of the running server, and the program that imports it."""
    folder = tmp_path / "project"
    (folder / "src" / "question").mkdir(parents=True)
    shutil.copy(MAIN, folder / "src" / "question")
    bring_document(running.url, folder)
    # A list whose items may be null is no Go where the generator simplifies unions.
    options = ("--openapi-normalizer", "DISABLE_ALL=true")
    names = "packageName=callistics,withGoMod=false,enumClassPrefix=true"
    generate = (generator / "bin" / "openapi-generator-cli", "generate", "-g", "go")
    where = ("-i", "openapi.json", "-o", "src/callistics")
    command = (*generate, *where, *options, "--additional-properties", names)
    run(folder, *command, PYTHONPATH=str(generator))
    return folder


def test_a_question_from_go(
    project: Path,
    running: RunningServer,
    client: Client,
    records: Callable[[int], list[dict[str, Any]]],
    merchant: str,
) -> None:
    client.ingest(records(7))
    variables = {"GO111MODULE": "off", "GOPATH": f"{project}:{LIBRARIES}", "GOFLAGS": ""}
    variables["GOCACHE"] = str(project / "cache")
    run(project, "go", "build", "question", **variables)
    assert run(project, project / "question", running.url, running.key, merchant) == "7\n"
    # The compiler knows the names: one that is wrong does not get through.
    program = project / "src" / "question" / "main.go"
    right = program.read_text(encoding="utf-8")
    program.write_text(right.replace("SetMerchantId", "SetMerchnatId"), encoding="utf-8")
    compiled = attempt(project, "go", "build", "question", **variables)
    assert compiled.returncode != 0
    errors = [line for line in compiled.stderr.splitlines() if "main.go:" in line]
    assert len(errors) == 1
    assert "SetMerchnatId" in errors[0]
