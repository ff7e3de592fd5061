"""Imports go downwards only, and every package that is imported is declared."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from importlinter import cli
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .tree import ROOT, modules, name_of, tree

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;]+)", re.MULTILINE)

# Where the module's name is not the distribution's.
MODULES = {
    "jwt": "pyjwt",
    "prometheus_client": "prometheus-client",
    "opentelemetry": "opentelemetry-sdk",
    "swagger_ui": "swagger-ui-py",
    "vl_convert": "vl-convert-python",
}


def test_imports_go_downwards_only(capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.lint_imports(
        config_filename=str(ROOT / "pyproject.toml"), no_cache=True, is_debug_mode=False
    )
    assert status == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out


def imported(module: ast.Module) -> Iterator[str]:
    """The top-level packages that a module imports, wherever in it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def declared() -> set[str]:
    always = PROJECT["project"]["dependencies"]
    extras = PROJECT["project"]["optional-dependencies"].values()
    texts = [*always, *(text for extra in extras for text in extra)]
    return {canonicalize_name(Requirement(text).name) for text in texts}


def wanted(path: Path) -> set[str]:
    """The packages that a file imports from."""
    foreign = set(imported(tree(path))) - sys.stdlib_module_names - {"callistics"}
    return {str(canonicalize_name(MODULES.get(name, name))) for name in foreign}


def test_every_import_is_a_declared_dependency() -> None:
    known = declared()
    undeclared = {name_of(path): wanted(path) - known for path in modules()}
    assert not {name: found for name, found in undeclared.items() if found}


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {canonicalize_name(found): version for found, version in PINNED.findall(text)}


def test_the_lock_fits_the_declared_dependencies() -> None:
    runtime = pins("runtime")
    project = PROJECT["project"]
    # The lock is for who runs the server.
    for text in (*project["dependencies"], *project["optional-dependencies"]["server"]):
        wanted = Requirement(text)
        assert wanted.specifier.contains(runtime[canonicalize_name(wanted.name)]), text


def test_development_runs_on_the_versions_that_users_get() -> None:
    development = pins("dev")
    assert {name: development.get(name) for name in pins("runtime")} == pins("runtime")


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_every_pin_has_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
