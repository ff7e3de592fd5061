"""`callistics audit`: the log as a list, and whether it was changed."""

import json
from pathlib import Path

import duckdb

from .conftest import Run


def test_a_log_is_listed(run: Run) -> None:
    run("keys", "create", "Ana", "--permission", "query")
    found = json.loads(run("audit", "list", "--format", "json").stdout)["data"]
    assert [one["action"] for one in found] == ["key.created", "key.created"]
    assert [one["who"]["name"] for one in found] == ["command line", "server"]
    table = run("audit", "list", "--action", "key.created", "--limit", "1").stdout
    assert "command line" in table
    assert "1 row\n" in table
    assert run("audit", "list", "--to", "2020-01-01", "--format", "csv").stdout.count("\n") == 1


def test_a_log_is_verified(run: Run, folder: Path) -> None:
    run("keys", "create", "Ana", "--permission", "query")
    first = run("audit", "verify")
    assert first.stderr == "2 entries, and all fit.\n"
    run("keys", "create", "Bo", "--permission", "query")
    head = run("audit", "verify", "--head", first.stdout.strip()).stdout.strip()
    assert head != first.stdout.strip()
    file = str(folder / "callistics.db")
    with duckdb.connect(file) as database:
        database.execute("DELETE FROM audit_log WHERE sequence = 3")
    assert run("audit", "verify").stdout == first.stdout
    cut_off = run("audit", "verify", "--head", head, code=1).stderr
    assert f"no entry has the hash {head} any more" in cut_off
    assert "unless the database was restored from a backup that is older" in cut_off
    with duckdb.connect(file) as database:
        database.execute("UPDATE audit_log SET who = 'nobody' WHERE sequence = 2")
    found = run("audit", "verify", code=1)
    assert "entry 2 was changed" in found.stderr
    assert found.stdout == ""


def test_verifying_takes_a_key_that_sees_all(run: Run) -> None:
    made = run("keys", "create", "Ana", "--permission", "admin", "--merchant", "m1")
    key = made.stdout.strip()
    run("keys", "create", "Bo", "--permission", "query", "--merchant", "m1", "--key", key)
    assert "without scope" in run("audit", "verify", "--key", key, code=1).stderr
    assert "key.created" in run("audit", "list", "--key", key).stdout
