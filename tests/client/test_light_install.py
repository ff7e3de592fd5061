"""The client where nothing is installed but what it needs."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from callistics.testing import RunningServer
from support.live import free_port

ROOT = Path(__file__).parents[2]
PROJECT: Any = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Ends in an error at the first import of what an installation without extras has not.
GUARD = """
import sys
import importlib.abc

class Guard(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Guard())
"""


def absent() -> list[str]:
    """The modules of all packages of the extras, but those that the client needs itself."""
    names = {"pyjwt": "jwt", "swagger-ui-py": "swagger_ui"}
    names |= {"vl-convert-python": "vl_convert"}
    always = {canonicalize_name(Requirement(one).name) for one in PROJECT["dependencies"]}
    extras = {
        canonicalize_name(Requirement(one).name)
        for extra in PROJECT["optional-dependencies"].values()
        for one in extra
    }
    # httpx itself needs anyio.
    left = extras - always - {"callistics", "anyio"}
    return sorted(names.get(one, one.replace("-", "_")) for one in left)


def python(text: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a program that has only what the client needs."""
    return subprocess.run(
        [sys.executable, "-c", GUARD.format(absent=set(absent())) + text, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


ASKING = """
from callistics import Client
from callistics.client import MissingPackageError

with Client() as client:
    client.ingest([{"call_id": "light", "merchant_id": "light", "reseller_id": "r",
                    "started_at": "2025-01-01"}])
    answer = client.query("calls_over_time", filters={"merchant_id": "light"})
    print(answer.rows, next(iter(client.search_calls()))["call_id"] != "")
    for made in (answer.to_arrow, answer.to_polars, answer.to_pandas,
                 lambda: answer.plot().svg, client.search_calls().to_arrow):
        try:
            made()
        except MissingPackageError as error:
            print(error)
"""


def test_the_client_asks_without_the_packages_of_the_server(running: RunningServer) -> None:
    found = python(
        ASKING,
        CALLISTICS_URL=running.url,
        CALLISTICS_KEY=running.key,
    )
    assert found.returncode == 0, found.stderr
    said = found.stdout.splitlines()
    assert said[0] == "[{'date': '2025-01-01', 'count': 1}] True"
    assert [line.partition(" is not installed")[0].split()[-1] for line in said[1:]] == [
        "pyarrow",
        "polars",
        "pyarrow",
        "which",
        "pyarrow",
    ]
    assert "pip install '.[frames]'" in said[1]
    assert "pip install '.[plot]'" in said[4]


def test_what_is_left_out_are_the_packages_of_the_server() -> None:
    assert {"click", "duckdb", "granian", "litestar", "numpy", "pyarrow", "rich"} <= set(absent())
    assert not {"httpx", "msgspec", "tzdata"} & set(absent())


@pytest.mark.parametrize("arguments", [(), ("query", "call_count"), ("--version",)])
def test_the_command_says_what_to_install(arguments: tuple[str, ...]) -> None:
    program = "from callistics.__main__ import main; main()"
    found = python(program, *arguments)
    assert found.returncode == 1
    assert found.stderr.strip() == (
        "this needs the packages of the server, of which click is not installed:"
        " pip install '.[server]' in a checkout of Callistics"
    )


def test_a_command_that_lacks_one_package_says_which() -> None:
    only = GUARD.format(absent={"granian"}) + "from callistics.__main__ import main; main()"
    found = subprocess.run(
        [sys.executable, "-c", only, "serve", "--port", str(free_port())],
        env={**os.environ, "CALLISTICS_ENGINE": "duckdb:///nowhere/calls.db"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert "granian is not installed: pip install '.[server]'" in found.stderr
    assert "Traceback" not in found.stderr


def test_the_script_is_the_one_that_says_so() -> None:
    assert PROJECT["scripts"] == {"callistics": "callistics.__main__:main"}


def test_the_base_has_what_the_client_imports_and_no_more() -> None:
    names = {Requirement(one).name for one in PROJECT["dependencies"]}
    assert names == {"httpx", "msgspec", "tzdata"}


def test_records_of_tables_need_pyarrow() -> None:
    program = """
from callistics import Client
from callistics.client import MissingPackageError
class Table:
    def __arrow_c_stream__(self): raise AssertionError
try:
    Client().ingest(Table())
except MissingPackageError as error:
    print(error)
"""
    assert "pyarrow is not installed" in python(program).stdout
