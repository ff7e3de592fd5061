"""Settings, variables, metrics and packages that the documentation names are those there are."""

import re
import tomllib
from pathlib import Path

import pytest

from callistics.mapping import read_mapping
from callistics.setting_table import table
from callistics.settings import load_settings
from support.pages import PAGES, ROOT, blocks

SETTINGS = {one.name: one.variable for one in table()}
OF_COMMANDS = {"CALLISTICS_KEY", "CALLISTICS_URL", "CALLISTICS_CONFIG", "CALLISTICS_DB_PASSWORD"}
FIXTURES = {"callistics_client", "callistics_server"}
TOML = [
    (page.relative_to(ROOT).as_posix(), text) for page in PAGES for text in blocks(page, "toml")
]
FILES = [
    pytest.param(text, id=page)
    for page, text in TOML
    if "[sinks." not in text  # a file of Vector
    and "[[event]]" not in text  # a mapping
]


def words(pattern: str) -> dict[str, Path]:
    """What of the pages has a form, each with a page that has it."""
    return {
        word: page
        for page in PAGES
        for word in re.findall(pattern, page.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("text", FILES)
def test_a_file_of_settings_can_be_used(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert tomllib.loads(text).keys() <= SETTINGS.keys()
    if "/etc/" not in text:
        path = tmp_path / "callistics.toml"
        path.write_text(text, encoding="utf-8")
        load_settings({"CALLISTICS_CONFIG": str(path)})


def test_a_mapping_can_be_used() -> None:
    found = [read_mapping(text, page) for page, text in TOML if "[[event]]" in text]
    assert [[event.order for event in one.events] for one in found] == [[1, 2]]


def test_every_variable_is_of_a_setting_or_of_commands() -> None:
    found = words(r"(?<!_)CALLISTICS_[A-Z_]+")
    assert not found.keys() - {*SETTINGS.values(), *OF_COMMANDS}


def test_every_metric_is_one() -> None:
    listed = (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^\| `(\w+)` \|", listed, re.MULTILINE))
    found = words(r"\bcallistics_[a-z_]+")
    assert not found.keys() - known - FIXTURES


def test_no_page_installs_from_an_index_what_is_on_none() -> None:
    assert not words(r"""pip install ["']?callistics\[""")
