"""`callistics alerts`, on the database in this process."""

import json
from pathlib import Path

import pytest

from support.alerting import URL, body, notified

from .conftest import Run


@pytest.fixture
def file(folder: Path) -> Path:
    """The body of an alert."""
    found = folder / "alert.json"
    found.write_text(json.dumps(body(URL)))
    return found


def test_an_alert_from_making_to_deleting(run: Run, file: Path) -> None:
    made = json.loads(run("alerts", "create", "--file", file).stdout)
    assert made["notify"][0]["webhook"]["secret"].startswith("whsec_")
    listed = run("alerts", "list")
    assert made["id"] in listed.stdout
    assert "1 row" in listed.stdout
    (row,) = json.loads(run("alerts", "list", "--format", "json").stdout)["alerts"]
    assert row["name"] == "few calls"
    shown = json.loads(run("alerts", "show", made["id"]).stdout)
    assert shown["history"] == []
    assert run("alerts", "delete", made["id"]).stdout == f"Deleted {made['id']}.\n"
    assert "0 rows" in run("alerts", "list").stdout


def test_a_body_is_taken_from_standard_input(run: Run) -> None:
    text = json.dumps(body(URL)).encode()
    assert json.loads(run("alerts", "create", "--file", "-", stdin=text).stdout)["id"]


def test_what_a_file_would_have_done(run: Run, file: Path, folder: Path) -> None:
    made = json.loads(run("alerts", "create", "--file", file).stdout)
    span = ("--from", "2025-03-01T08:00", "--to", "2025-03-01T10:59:59")
    found = run("alerts", "simulate", "--file", file, *span)
    assert "2025-03-01T09:01:00Z" in found.stdout
    assert "1 change" in found.stderr
    of_it = run("alerts", "simulate", made["id"], *span)
    assert of_it.stdout == found.stdout
    whole = json.loads(run("alerts", "simulate", made["id"], *span, "--json").stdout)
    assert [one["value"] for one in whole["figures"]] == [0, 0, 0]
    for wrong in ((), (made["id"], "--file", file)):
        assert "name either" in run("alerts", "simulate", *wrong, *span, code=2).output


def test_a_test_that_does_not_arrive_is_a_failure(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with notified() as webhook:
        (folder / "alert.json").write_text(json.dumps(body(webhook.url)))
        early = run("alerts", "create", "--file", "alert.json", code=1).output
        assert "the setting alert_private_addresses" in early
        monkeypatch.setenv("CALLISTICS_ALERT_PRIVATE_ADDRESSES", "true")
        made = json.loads(run("alerts", "create", "--file", "alert.json").stdout)
        monkeypatch.delenv("CALLISTICS_ALERT_PRIVATE_ADDRESSES")
        refused = run("alerts", "test", made["id"], code=1).output
        assert "private ones are not allowed" in refused
        monkeypatch.setenv("CALLISTICS_ALERT_PRIVATE_ADDRESSES", "true")
        assert run("alerts", "test", made["id"]).stdout == f"{webhook.url}: sent\n"
    assert webhook.notices[0]["data"]["test"] is True


def test_what_is_wrong_is_a_sentence(run: Run, file: Path) -> None:
    file.write_text(json.dumps(body(field="rate")))
    assert "no such figure: one of count" in run("alerts", "create", "--file", file, code=1).output
    file.write_text("[]")
    assert "must be a JSON object" in run("alerts", "create", "--file", file, code=1).output
    file.write_text("{")
    assert "not JSON" in run("alerts", "create", "--file", file, code=1).output
    assert "--file is needed" in run("alerts", "create", code=2).output
    assert "no such alert" in run("alerts", "show", "alr_x", code=1).output
