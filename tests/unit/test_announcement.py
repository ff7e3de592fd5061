"""Where the server listens is told once, in the form of the log lines."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from callistics.server.logs import in_json
from callistics.settings import Settings

# In a process of its own: how lines are written is settled once for a process.
COMMAND = """
import sys
from pathlib import Path
from callistics.server.announcement import announce
from callistics.server.logs import configure_logs
from callistics.settings import load_settings
settings = load_settings()
configure_logs(settings)
announce(settings, Path(sys.argv[1]) if sys.argv[1] else None)
"""


def told(folder: Path, log_format: str, key_file: str = "") -> tuple[str, str]:
    environment = {
        **os.environ,
        "CALLISTICS_ENGINE": f"duckdb:///{folder}/a.db",
        "CALLISTICS_PORT": "8123",
        "CALLISTICS_LOG_FORMAT": log_format,
    }
    command = [sys.executable, "-c", COMMAND, key_file]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


def test_where_log_lines_are_json_it_is_one_of_them(tmp_path: Path) -> None:
    key_file = tmp_path / "a.db.admin-key"
    key_file.touch()
    out, log = told(tmp_path, "auto", str(key_file))
    assert out == ""
    line = json.loads(log)
    assert line["event"] == "listening"
    assert line["url"] == "http://127.0.0.1:8123"
    assert line["api_page"] == "http://127.0.0.1:8123/docs"
    assert line["admin_key_file"] == str(key_file)


def test_people_are_told_in_sentences(tmp_path: Path) -> None:
    out, log = told(tmp_path, "text")
    assert "listens on http://127.0.0.1:8123\n" in out
    assert "key" not in out
    assert log == ""


def test_the_form_depends_on_who_looks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert not in_json(Settings(log_format="auto"))
    assert in_json(Settings(log_format="json"))
    monkeypatch.setattr("sys.stderr.isatty", lambda: False)
    assert in_json(Settings(log_format="auto"))
    assert not in_json(Settings(log_format="text"))
