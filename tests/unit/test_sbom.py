"""`make sbom`: valid CycloneDX; every package has its version, purl, hashes and licence."""

import json
import re
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from support.scripts import ROOT, script

sbom = script("sbom")
BILLS: dict[str, Callable[[], dict[str, Any]]] = sbom.bills()
PINNED = sbom.pins((ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def container() -> dict[str, Any]:
    return BILLS["container"]()


def names(bill: dict[str, Any]) -> set[str]:
    return {one["name"] for one in bill["components"]}


def test_there_is_one_for_each_set_of_packages() -> None:
    extras = {"clickhouse", "frames", "mcp", "plot", "postgresql", "server", "testing"}
    assert BILLS.keys() >= extras | {"client", "container"}


@pytest.mark.parametrize("name", ["client", "container", "server"])
def test_it_is_valid(name: str) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(BILLS[name]())) is None


def test_a_bill_that_is_not_valid_is_found(container: dict[str, Any]) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(container | {"colour": "red"})) is not None


def test_the_containers_is_the_lock_whole(container: dict[str, Any]) -> None:
    lock = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))
    found = {(one["name"], one["version"]) for one in container["components"]}
    assert found <= pinned
    elsewhere = {name for name, _ in pinned} - names(container)
    assert elsewhere <= {"colorama"}


def test_every_package_says_what_it_is(container: dict[str, Any]) -> None:
    for one in container["components"]:
        assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"
        assert all(len(each["content"]) == 64 for each in one["hashes"])
        assert one["hashes"]
        assert one["licenses"]


def test_every_extra_has_what_it_needs_and_no_more() -> None:
    client, server = names(BILLS["client"]()), names(BILLS["server"]())
    assert {"httpx", "msgspec", "tzdata", "certifi"} <= client < server
    assert {"duckdb", "granian", "litestar", "cryptography"} <= server
    assert not {"hatchling", "pytest", "chdb", "mcp"} & server
    agreed = {name: pin for name, pin in PINNED.items() if version(name) == pin.version}
    if len(agreed) < len(PINNED):
        pytest.skip(f"not installed as pinned: {', '.join(sorted(PINNED.keys() - agreed.keys()))}")
    for name, made in BILLS.items():
        assert client <= names(made()), name
    assert "psycopg-binary" in names(BILLS["postgresql"]())


def test_what_it_depends_on_leads_to_every_package(container: dict[str, Any]) -> None:
    graph = {one["ref"]: one["dependsOn"] for one in container["dependencies"]}
    reached: set[str] = set()
    waiting = [container["metadata"]["component"]["bom-ref"]]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += graph[ref]
    assert reached == graph.keys()
