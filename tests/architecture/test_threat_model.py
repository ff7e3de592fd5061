"""Every attack of the threat model names tests, and each of them is there."""

import re
from pathlib import Path

import pytest

from .tree import ROOT, tree

PAGE = ROOT / "docs" / "threat-model.md"
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def attacks(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The rows of the tables: the attack, and the tests that show what stops it."""
    rows = [line.strip().strip("|").split("|") for line in text.splitlines() if line[:1] == "|"]
    cells = [row for row in rows if not set("".join(row)) <= set(" -")]
    return [(row[0].strip(), NAMED.findall(row[-1])) for row in cells if row[0].strip() != "Attack"]


def missing(text: str) -> set[str]:
    """The tests that a page names and that are not there."""
    return {f"{path}::{name}" for path, name in NAMED.findall(text) if not is_there(path, name)}


def is_there(path: str, name: str) -> bool:
    """Whether there is a test."""
    file = ROOT / "tests" / path
    found = {getattr(node, "name", "") for node in tree(file).body} if file.is_file() else set()
    return name.startswith("test_") and name in found


def test_every_attack_names_a_test() -> None:
    found = attacks(PAGE.read_text(encoding="utf-8"))
    assert len(found) > 40
    assert not [attack for attack, tests in found if not tests]


def test_every_test_that_is_named_is_there() -> None:
    assert not missing(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("named", "there"),
    [
        (f"architecture/{Path(__file__).name}::test_every_attack_names_a_test", True),
        (f"architecture/{Path(__file__).name}::test_that_nobody_wrote", False),
        (f"architecture/{Path(__file__).name}::attacks", False),
        ("gone/test_gone.py::test_gone", False),
    ],
)
def test_a_test_that_is_missing_is_found(named: str, there: bool) -> None:
    assert missing(f"`{named}`") == (set() if there else {named})
