"""The notebook and the page about the client, run as they are written."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from callistics.client.plot.picture import Picture
from callistics.synthetic import generate_calls
from callistics.testing import RunningServer, running_server

DOCS = Path(__file__).parents[2] / "docs"
NOTEBOOK = DOCS / "python-client.ipynb"
PAGE = DOCS / "python-client.md"


@pytest.fixture(scope="module")
def demo() -> Iterator[RunningServer]:
    """A server with made-up calls that end now, as those of a demo do."""
    with running_server() as server, server.client() as client:
        client.ingest(generate_calls(3_000, 1, datetime.now(UTC), detailed=True))
        yield server


@pytest.fixture
def _told_where(demo: RunningServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CALLISTICS_URL", demo.url)
    monkeypatch.setenv("CALLISTICS_KEY", demo.key)
    monkeypatch.chdir(tmp_path)


def cells() -> list[dict[str, Any]]:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def run(source: str, names: dict[str, Any]) -> object:
    """Run a cell: what its last expression is."""
    parsed = ast.parse(source)
    last = parsed.body.pop() if isinstance(parsed.body[-1], ast.Expr) else None
    exec(compile(parsed, "cell", "exec"), names)  # noqa: S102 - our own page
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307


@pytest.mark.usefixtures("_told_where")
def test_the_notebook_runs_from_top_to_bottom(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    shown = [run("".join(one["source"]), names) for one in cells() if one["cell_type"] == "code"]
    pictures = [one for one in shown if isinstance(one, Picture)]
    assert [one.title for one in pictures] == ["Calls over time", "Top outcomes"]
    assert all(one.svg.startswith("<svg") for one in pictures)
    assert shown[0] == names["client"].query("call_count").rows
    assert names["frame"].height > 100
    assert "/filters/date_from" in capsys.readouterr().out
    names["client"].close()


def test_the_notebook_has_no_outputs() -> None:
    code = [one for one in cells() if one["cell_type"] == "code"]
    assert len(code) > 5
    assert not any(one["outputs"] or one["execution_count"] for one in code)


@pytest.mark.usefixtures("_told_where")
def test_the_examples_of_the_page_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {"__name__": "page"}
    for block in blocks:
        exec(compile(block, "page", "exec"), names)  # noqa: S102 - our own page
    assert names["frame"].height > 1
    assert (tmp_path / "outcomes.svg").read_text(encoding="utf-8").startswith("<svg")
    said = capsys.readouterr().out
    assert "1 0 0 0" in said
    assert "/timezone" in said
    assert callable(names["test_my_dialler"])
    names["client"].close()
