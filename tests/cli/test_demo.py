"""What the demo is about: its days, its zone, and what its words mean."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from callistics.cli.demo.data import Demo, policy
from callistics.cli.demo.reader import last_days, reader_zone, today_begins
from callistics.settings import Settings
from support.live import free_port


def test_the_demo_has_stages_and_words_for_success() -> None:
    demo = Demo(1, 1, timezone="Asia/Kolkata")
    made = policy(Settings(), demo)
    assert made.timezone == "Asia/Kolkata"
    assert made.lead_stages == ("new", "contacted", "interested", "converted")
    assert made.success_outcomes == ("CONFIRMED", "INTERESTED")
    own = policy(Settings(lead_stages=("a",), success_outcomes=("B",)), demo)
    assert (own.lead_stages, own.success_outcomes) == (("a",), ("B",))


def test_the_demos_calls_end_yesterday_where_the_reader_is() -> None:
    # 2026-03-29T20:00Z: in Lisbon still that day, of 23 hours; in Kolkata the next one.
    now = datetime(2026, 3, 29, 20, tzinfo=UTC).timestamp()
    lisbon, kolkata = (today_begins(zone, now) for zone in ("Europe/Lisbon", "Asia/Kolkata"))
    assert lisbon == datetime(2026, 3, 29, tzinfo=UTC)
    assert kolkata == datetime(2026, 3, 29, 18, 30, tzinfo=UTC)
    assert last_days(lisbon, "Europe/Lisbon", 31) == (date(2026, 2, 26), date(2026, 3, 28))
    assert last_days(kolkata, "Asia/Kolkata", 1) == (date(2026, 3, 29), date(2026, 3, 29))


def test_the_readers_zone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    linked = tmp_path / "localtime"
    linked.symlink_to("/usr/share/zoneinfo/Europe/Lisbon")
    monkeypatch.delenv("TZ", raising=False)
    assert reader_zone(linked) == "Europe/Lisbon"
    assert reader_zone(tmp_path / "none") == "UTC"
    monkeypatch.setenv("TZ", ":Asia/Kolkata")
    assert reader_zone(linked) == "Asia/Kolkata"
    monkeypatch.setenv("TZ", "EST5EDT,M3.2.0,M11.1.0")
    assert reader_zone(linked) == "Europe/Lisbon"


def test_it_says_in_five_lines_what_to_do_next(tmp_path: Path) -> None:
    port = free_port()
    asked = ("demo", "--calls", "3000", "--port", str(port), "--data", str(tmp_path / "demo"))
    with subprocess.Popen(
        [sys.executable, "-m", "callistics.cli", *asked], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            shown = process.stdout
            told = [next(line for line in shown if line.startswith("Open the dashboard"))]
            told += [next(shown) for _ in range(4)]
        finally:
            process.terminate()
    url = f"http://127.0.0.1:{port}"
    made = json.loads((tmp_path / "demo" / "demo.json").read_text())
    for line, part in zip(
        told, (url, made["key"], made["merchant_key"], "curl -s", "/docs"), strict=True
    ):
        assert part in line
