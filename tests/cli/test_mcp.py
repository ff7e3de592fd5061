"""The options of `callistics mcp`."""

import socket

import pytest

from .conftest import Run


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--http", "here"], "--http must look like"),
        (["--http", "8765", "--key", "k"], "callers send their own keys"),
        (["--name", "calls.example.com"], "--name is of --http"),
    ],
)
def test_wrong_options(run: Run, options: list[str], sentence: str) -> None:
    assert sentence in run("mcp", *options, code=2).output


def test_wrong_addresses(run: Run) -> None:
    assert "must look like" in run("mcp", "--url", "calls.example.com", code=1).output
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        assert "choose one with --http" in run("mcp", "--http", taken, code=1).output


def test_without_the_package_it_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callistics.cli.commands.mcp.find_spec", lambda _: None)
    assert "pip install '.[mcp]'" in run("mcp", code=1).output
