"""What people are asked for when they report something, and that the guides name what is there."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / ".github" / "ISSUE_TEMPLATE"


def form(name: str) -> dict[str, Any]:
    return yaml.safe_load((TEMPLATES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["bug.yml", "feature.yml"])
def test_a_form_has_what_the_forge_wants(name: str) -> None:
    found = form(name)
    assert found["name"]
    assert found["description"]
    fields = [item for item in found["body"] if item["type"] != "markdown"]
    ids = [item["id"] for item in fields]
    assert len(set(ids)) == len(ids)
    assert all(item["attributes"]["label"] for item in fields)
    assert all(item["type"] in ("input", "dropdown", "textarea") for item in fields)


def test_a_bug_tells_version_engine_request_and_what_was_expected() -> None:
    required = {
        item["id"]
        for item in form("bug.yml")["body"]
        if item.get("validations", {}).get("required")
    }
    assert required == {"version", "engine", "request", "actual", "expected"}


def test_the_guide_names_files_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:src|tests|docs|findings)/[^`A-Z]*)`", text)
    assert len(paths) > 5
    assert [path for path in paths if not (ROOT / path).exists()] == []
