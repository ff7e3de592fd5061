"""The unit of systemd fits the server, and leaves it no more than it needs."""

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from callistics.cli.root import COMMANDS
from callistics.settings import Settings

UNIT = Path(__file__).parents[2] / "deploy" / "callistics.service"
ANALYZE = shutil.which("systemd-analyze")
MOST_EXPOSED = 15
"""In tenths, as `--threshold` of systemd-analyze counts."""
CONFINED = {
    "LockPersonality": "yes",
    "MemoryDenyWriteExecute": "yes",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "PrivateUsers": "yes",
    "ProtectClock": "yes",
    "ProtectControlGroups": "yes",
    "ProtectHome": "yes",
    "ProtectHostname": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectProc": "invisible",
    "ProtectSystem": "strict",
    "RestrictNamespaces": "yes",
    "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes",
    "SystemCallArchitectures": "native",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "UMask": "0077",
    "LimitCORE": "0",
}


@pytest.fixture(scope="module")
def service() -> dict[str, list[str]]:
    section = UNIT.read_text(encoding="utf-8").partition("[Service]")[2].partition("\n[")[0]
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in re.findall(r"^(\w+)=(.*)$", section, re.MULTILINE):
        found[name].append(value)
    return found


def test_it_is_confined(service: dict[str, list[str]]) -> None:
    assert {name: service[name] for name in CONFINED} == {k: [v] for k, v in CONFINED.items()}


def test_it_serves_as_a_user_of_its_own_from_its_own_folder(service: dict[str, list[str]]) -> None:
    (command,) = service["ExecStart"]
    assert command == "/opt/callistics/bin/callistics serve"
    assert "serve" in COMMANDS
    assert service["User"] == service["Group"] == ["callistics"]
    assert service["WorkingDirectory"] == [f"/var/lib/{service['StateDirectory'][0]}"]
    assert service["StateDirectoryMode"] == ["0700"]


def test_it_stops_later_than_the_server_gives_up(service: dict[str, list[str]]) -> None:
    (seconds,) = service["TimeoutStopSec"]
    assert int(seconds) >= Settings().stop_timeout + 30
    assert service["KillMode"] == ["mixed"]
    assert service["Restart"] == ["on-failure"]


def test_it_has_files_for_many_connections(service: dict[str, list[str]]) -> None:
    assert int(service["LimitNOFILE"][0]) >= 10_000


def test_threads_of_queries_may_lower_their_priority(service: dict[str, list[str]]) -> None:
    first, less, more = service["SystemCallFilter"]
    assert (first, less, more) == ("@system-service", "~@privileged @resources", "setpriority")


def analyzed(unit: Path) -> int:
    """The exit code: 0 where the exposure is small enough."""
    if ANALYZE is None:
        pytest.skip("systemd-analyze is not installed")
    command = [ANALYZE, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager"]
    found = subprocess.run([*command, unit], capture_output=True, text=True, check=False)
    if "unrecognized option" in found.stderr:
        pytest.skip("this systemd-analyze reads no files")
    assert "Overall exposure level" in found.stdout, found.stderr
    return found.returncode


def test_its_exposure_is_small() -> None:
    assert analyzed(UNIT) == 0


def test_a_unit_without_limits_is_exposed(tmp_path: Path) -> None:
    bare = tmp_path / "bare.service"
    bare.write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    assert analyzed(bare) != 0
