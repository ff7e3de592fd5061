"""The rules of time zones are the package's, whatever the machine has, in every process."""

import io
import json
import os
import subprocess
import sys
import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import tzdata

from callistics.errors import SettingsError
from callistics.ingest import decode_process
from callistics.model.instants import micros
from callistics.model.zones import zone
from callistics.settings import load_settings
from callistics.timezones import rules, rules_version, zone_names
from support import zone_days
from support.engines import ENGINES
from support.store import Store, opened

TESTS = Path(__file__).parents[1]
MACHINE = [Path(folder) for folder in zoneinfo.TZPATH if Path(folder).is_dir()]
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)


def package_file(name: str) -> bytes:
    return resources.files(tzdata).joinpath("zoneinfo", name).read_bytes()


def listed() -> set[str]:
    return set(resources.files(tzdata).joinpath("zones").read_text().split())


def test_the_names_are_those_of_the_package() -> None:
    assert zone_names() == listed() - {"Factory"}
    assert {"Asia/Calcutta", "US/Pacific", "Etc/GMT+12", "UTC"} <= zone_names()
    assert all(rules(name).key == zone(name).name == name for name in zone_names())


def test_a_setting_takes_the_names_that_a_request_takes() -> None:
    for name in zone_names():
        assert load_settings({"CALLISTICS_TIMEZONE": name}).timezone == name


@pytest.mark.parametrize(
    "name", ["localtime", "posixrules", "Factory", "", "europe/lisbon", "../zones", "right/UTC"]
)
def test_what_is_no_name_is_refused_everywhere(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone named"):
        zone(name)
    with pytest.raises(SettingsError, match="IANA time zone"):
        load_settings({"CALLISTICS_TIMEZONE": name})


def test_the_release_is_named() -> None:
    assert rules_version() == tzdata.IANA_VERSION
    assert rules_version() >= "2026f"


def package_rules(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo.from_file(io.BytesIO(package_file(name)), key=name)


def moments_apart(name: str, file: Path) -> list[datetime]:
    """Moments at which the package and a file of the machine have other offsets."""
    with file.open("rb") as opened_file:
        machine = zoneinfo.ZoneInfo.from_file(opened_file, key=name)
    package = package_rules(name)
    # Rules that were changed differ for weeks.
    moments = [FIRST + timedelta(days=day) for day in range(0, (LAST - FIRST).days, 3)]
    return [
        moment
        for moment in moments
        if moment.astimezone(machine).utcoffset() != moment.astimezone(package).utcoffset()
    ]


def apart() -> dict[str, list[datetime]]:
    """The zones that the machine has other rules of, with moments at which they differ."""
    found: dict[str, list[datetime]] = {}
    for name in sorted(zone_names()):
        file = next((folder / name for folder in MACHINE if (folder / name).is_file()), None)
        if file is not None and file.read_bytes() != package_file(name):
            found[name] = moments_apart(name, file)
    return {name: moments for name, moments in found.items() if moments}


@pytest.mark.skipif(not MACHINE, reason="this machine has no time zones of its own")
def test_answers_follow_the_package_in_zones_that_the_machine_has_other_rules_of(
    record_property: Callable[[str, object], None],
) -> None:
    different = apart()
    record_property("zones", sorted(different))
    if not different:
        pytest.skip("the rules of this machine are those of the package from 2020 to 2030")
    with opened() as store:
        for name, moments in different.items():
            expected = [moment.astimezone(package_rules(name)) for moment in moments]
            offsets = [zone(name).offset_at(micros(at.replace(tzinfo=None))) for at in moments]
            assert [timedelta(microseconds=offset) for offset in offsets] == [
                moment.utcoffset() for moment in expected
            ], name
            assert hours(store, name, moments[0]) == [expected[0].hour], name


def hours(store: Store, name: str, moment: datetime) -> list[int]:
    """The hour of the day that the answer gives a call in a zone."""
    call = {"call_id": name, "merchant_id": name, "reseller_id": "r"}
    store.send("calls", [{**call, "started_at": moment.isoformat()}])
    rows = store.rows("hourly_heatmap", timezone=name, filters={"merchant_id": name})
    return [row["hour"] for row in rows if row["count"]]


@pytest.mark.parametrize("engine", ENGINES)
def test_calls_fall_on_the_days_of_the_package(engine: str) -> None:
    assert zone_days.days(engine) == [day for _, _, day in zone_days.DAYS]


def other_rules(folder: Path) -> None:
    """Each zone has the rules of Tokyo, and there is one that is nowhere."""
    for name in [*(name for name, _, _ in zone_days.DAYS), "UTC", "Mars/Phobos"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(package_file("Asia/Tokyo"))


def broken_rules(folder: Path) -> None:
    other_rules(folder)
    for file in folder.rglob("*"):
        if file.is_file():
            file.write_bytes(b"TZif of no use")


def no_rules(folder: Path) -> None:
    assert not list(folder.iterdir())


@pytest.mark.parametrize("machine", [other_rules, broken_rules, no_rules])
def test_the_machine_changes_nothing_in_any_process(
    machine: Callable[[Path], None], tmp_path: Path
) -> None:
    machine(tmp_path)
    environment = {"PYTHONTZPATH": str(tmp_path), "TZDIR": str(tmp_path), "TZ": "Asia/Tokyo"}
    found = answers(environment, "duckdb", "chdb")
    expected = [day for _, _, day in zone_days.DAYS]
    assert found["days"] == {"duckdb": expected, "chdb": expected}
    assert found["beside"] == [zone_days.READ]
    assert found["names"] == sorted(zone_names())
    assert found["version"] == rules_version()


def test_the_reading_process_has_the_rules_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is not to read here is put back at the end.
    monkeypatch.setattr(decode_process, "decode_batch", decode_process.decode_batch)
    assert zone_days.read_beside() == {zone_days.READ}


def answers(environment: dict[str, str], *engines: str) -> dict[str, Any]:
    """What a process of its own makes of the calls, on the engines, and its reading process."""
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = os.pathsep.join(filter(None, [str(TESTS), str(TESTS.parent / "src"), *inherited]))
    # The reading process would load a module that is run once more.
    command = [sys.executable, "-c", "from support.zone_days import tell; tell()", *engines]
    shown = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        check=False,
        text=True,
    )
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)
