"""`callistics settings`: every setting whole, with the value in force and where it comes from."""

from pathlib import Path

import pytest

from callistics.setting_table import table

from .conftest import Run


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def entries(run: Run, *arguments: object) -> dict[str, list[str]]:
    """The lines of each setting."""
    found = [one.splitlines() for one in run("settings", *arguments).stdout.split("\n\n")]
    return {lines[0].partition(" = ")[0]: lines for lines in found}


@pytest.mark.usefixtures("narrow")
def test_every_setting_is_listed_and_no_name_is_cut(run: Run) -> None:
    shown = entries(run)
    assert list(shown) == [info.name for info in table()]
    for info in table():
        first, second, *told = shown[info.name]
        assert first.startswith(f"{info.name} = ")
        assert second.strip().startswith(f"{info.variable}, in force: ")
        assert all(len(line) <= 80 for line in told)
        assert " ".join(line.strip() for line in told).startswith(info.help.replace("`", ""))


def test_the_value_in_force_and_its_origin_are_shown(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "callistics.toml").write_text(
        'port = 1\nhost = "10.0.0.1"\nlead_stages = ["new", "won"]\nrate_limit = 5\n'
    )
    monkeypatch.setenv("CALLISTICS_PORT", "2")
    monkeypatch.setenv("CALLISTICS_RATE_LIMIT", "6")
    shown = {name: lines[:2] for name, lines in entries(run, "--port", 3).items()}
    origin = "    CALLISTICS_{}, in force: {}"
    assert shown["port"] == ["port = 3", origin.format("PORT", "flag --port")]
    assert shown["rate_limit"] == [
        "rate_limit = 6",
        origin.format("RATE_LIMIT", "environment CALLISTICS_RATE_LIMIT"),
    ]
    assert shown["host"] == ["host = 10.0.0.1", origin.format("HOST", "file callistics.toml")]
    assert shown["lead_stages"][0] == "lead_stages = new,won"
    assert shown["log_level"] == ["log_level = info", origin.format("LOG_LEVEL", "default")]
    assert shown["memory_limit"][0] == "memory_limit = not set"
    assert shown["rollups"][0] == "rollups = true"


@pytest.mark.parametrize(("given", "shown"), [("[]", "[]"), ("", "not set")])
def test_an_empty_list_is_told_from_none(
    given: str, shown: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLISTICS_UNREACHED_OUTCOMES", given)
    assert entries(run)["unreached_outcomes"][0] == f"unreached_outcomes = {shown}"


def test_secrets_are_not_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLISTICS_ADMIN_KEY", "hidden-key-of-the-admin")
    for dsn in (
        "clickhouse://me:hidden@host:8123/db",
        "clickhouse://me:hid:d@en/hidden@host:8123/db",
        "clickhouse://me@host/db?password=hidden&cluster=c",
    ):
        monkeypatch.setenv("CALLISTICS_ENGINE", dsn)
        shown = entries(run)
        whole = "\n".join(line for lines in shown.values() for line in lines)
        assert "hid" not in whole
        assert "me" in shown["engine"][0]
        assert "*****" in shown["engine"][0]
        assert shown["admin_key"][0] == "admin_key = *****"


def test_wrong_settings_are_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLISTICS_RATE_LIMIT", "many")
    assert "CALLISTICS_RATE_LIMIT: must be a whole number" in run("settings", code=1).stderr
