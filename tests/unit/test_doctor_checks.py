"""What `callistics doctor` makes of figures: all right, to be looked at, or wrong."""

import math
from pathlib import Path

import pytest

from callistics.cli.doctor import zone_rules
from callistics.cli.doctor.amounts import duration, size
from callistics.cli.doctor.checks import Check, Verdict, checks_of
from callistics.cli.doctor.zone_rules import check_zone_rules
from callistics.engines.machine import file_sizes, size_in_bytes
from callistics.timezones import rules_version

GB, DAY = 10**9, 86_400


@pytest.mark.parametrize(
    ("figures", "name", "state"),
    [
        ({"disk_free_bytes": 0.5 * GB}, "disk", Verdict.BAD),
        ({"disk_free_bytes": 4 * GB}, "disk", Verdict.WARN),
        ({"disk_free_bytes": 6 * GB}, "disk", Verdict.OK),
        ({"disk_free_bytes": 6 * GB, "database_bytes": 50 * GB}, "disk", Verdict.WARN),
        ({"database_bytes": 50 * GB}, "database", Verdict.OK),
        ({"log_bytes": 0.1 * GB}, "log", Verdict.OK),
        ({"log_bytes": 2 * GB}, "log", Verdict.WARN),
        ({"spilled_bytes": 0}, "spilled by queries", Verdict.OK),
        ({"spilled_bytes": 11 * GB, "disk_free_bytes": 9 * GB}, "spilled by queries", Verdict.WARN),
        ({"newest_record_age_seconds": 60}, "newest record", Verdict.OK),
        ({"newest_record_age_seconds": -1}, "newest record", Verdict.OK),
        ({"newest_record_age_seconds": math.nan}, "newest record", Verdict.OK),
        ({"newest_record_age_seconds": 2 * DAY}, "newest record", Verdict.WARN),
        ({"backup_age_seconds": DAY}, "backup", Verdict.OK),
        ({"backup_age_seconds": 3 * DAY}, "backup", Verdict.WARN),
        ({"backup_age_seconds": math.nan}, "backup", Verdict.WARN),
        ({"memory_limit_bytes": 4 * GB, "machine_memory_bytes": 16 * GB}, "memory", Verdict.OK),
        ({"memory_limit_bytes": 15 * GB, "machine_memory_bytes": 16 * GB}, "memory", Verdict.WARN),
        ({"memory_limit_bytes": 17 * GB, "machine_memory_bytes": 16 * GB}, "memory", Verdict.BAD),
        ({"process_resident_memory_bytes": GB}, "memory in use", Verdict.OK),
        (
            {"process_resident_memory_bytes": 15 * GB, "machine_memory_bytes": 16 * GB},
            "memory in use",
            Verdict.WARN,
        ),
        ({"keys_ending": 2}, "access keys", Verdict.WARN),
        ({"alert_notices_overdue": 2}, "notices", Verdict.WARN),
        ({"webhooks_waiting_age_seconds": 601}, "webhooks", Verdict.WARN),
        ({"overwriting_due_age_seconds": 0}, "erased", Verdict.OK),
        ({"overwriting_due_age_seconds": 60}, "erased", Verdict.OK),
        ({"overwriting_due_age_seconds": 2 * DAY}, "erased", Verdict.WARN),
        ({"maintenance_age_seconds": 60}, "maintenance", Verdict.OK),
        ({"maintenance_age_seconds": 2 * 3_600}, "maintenance", Verdict.WARN),
    ],
)
def test_a_figure_is_judged(figures: dict[str, float], name: str, state: Verdict) -> None:
    (found,) = [one for one in checks_of(figures) if one.name == name]
    assert found.state is state
    assert bool(found.advice) is (state is not Verdict.OK)


@pytest.mark.parametrize(
    "name",
    [
        *("disk_free_bytes", "database_bytes", "log_bytes", "spilled_bytes", "memory_limit_bytes"),
        *("alert_notices_overdue", "overwriting_due_age_seconds"),
        *("webhooks_waiting_age_seconds", "maintenance_age_seconds", "unheard_of"),
    ],
)
def test_what_nobody_knows_is_not_judged(name: str) -> None:
    assert list(checks_of({name: math.nan})) == []
    assert list(checks_of({})) == []


def rules(monkeypatch: pytest.MonkeyPatch, system: Path, served: str | None = None) -> list[Check]:
    monkeypatch.setattr(zone_rules, "_OF_THE_SYSTEM", system)
    return list(check_zone_rules(served))


@pytest.mark.parametrize(
    ("first", "state"),
    [
        ("# version 1999a\n", Verdict.OK),
        ("# version 2999a\n", Verdict.WARN),
        ("something else\n", Verdict.OK),
        (None, Verdict.OK),
    ],
)
def test_newer_rules_of_the_system_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str | None, state: Verdict
) -> None:
    system = tmp_path / "tzdata.zi"
    if first is not None:
        system.write_text(first, encoding="utf-8")
    (found,) = rules(monkeypatch, system)
    assert found.state is state
    assert rules_version() in found.text


def test_a_server_with_older_rules_is_to_be_restarted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = tmp_path / "nothing"
    _, found = rules(monkeypatch, system, "1999a")
    assert (found.state, found.advice) == (Verdict.WARN, "restart the server")
    assert len(rules(monkeypatch, system, rules_version())) == 1


def test_rules_of_the_year_before_last_are_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zone_rules, "rules_age", lambda: 551 * DAY)
    (found,) = rules(monkeypatch, tmp_path / "nothing")
    assert found.state is Verdict.WARN


def test_the_files_of_a_database_are_measured(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    assert file_sizes(path) is None
    path.write_bytes(b"1234")
    found = file_sizes(path)
    assert found is not None
    assert (found.database, found.log, found.spilled) == (4, 0, 0)
    (tmp_path / "calls.db.wal").write_bytes(b"12")
    (tmp_path / "calls.db.tmp").mkdir()
    for number in (3, 5):
        (tmp_path / "calls.db.tmp" / f"{number}.tmp").write_bytes(b"x" * number)
    found = file_sizes(path)
    assert found is not None
    assert (found.database, found.log, found.spilled) == (4, 2, 8)
    assert found.free > 0


def test_sizes_are_read_as_the_settings_take_them() -> None:
    assert [size_in_bytes(one) for one in ("4GB", "1.5MiB", "10KB")] == [4 * GB, 1_572_864, 10_000]
    assert size_in_bytes("50%") * 2 == pytest.approx(size_in_bytes("100%"), abs=2)


def test_amounts_are_as_people_say_them() -> None:
    assert [size(one) for one in (0, 999, 1_500, 2.5 * GB)] == [
        "0 bytes",
        "999 bytes",
        "1.5 kB",
        "2.5 GB",
    ]
    assert [duration(one) for one in (1, 119, 120, 7_199, 3 * DAY)] == [
        "1 seconds",
        "119 seconds",
        "2 minutes",
        "120 minutes",
        "3 days",
    ]
