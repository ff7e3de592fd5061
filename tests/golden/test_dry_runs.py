"""What `callistics import --dry-run` shows of files as people have them."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from callistics.cli import main
from support.people_files import ALL, Given
from support.preset_files import PRESETS

from .test_golden import FOLDER, hold


def shown(given: Given, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a dry run prints, in a folder with the file alone and with no server anywhere."""
    for name in [name for name in os.environ if name.startswith("CALLISTICS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    (folder / given.name).write_bytes(given.data)
    asked = ["import", given.name, *given.options, "--dry-run", "--url", "http://127.0.0.1:1"]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0, result.output
    assert [file.name for file in folder.iterdir()] == [given.name]
    return f"$ callistics import {given.name} {' '.join(given.options)} --dry-run\n{result.output}"


@pytest.mark.parametrize("name", ALL | PRESETS)
def test_dry_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown({**ALL, **PRESETS}[name], tmp_path, monkeypatch)
    hold(FOLDER / "imports" / f"{name}.txt", text)
