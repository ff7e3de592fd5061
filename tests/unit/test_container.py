"""The container installs what the lock pins and runs without rights; it cannot be run here."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from callistics.cli.root import COMMANDS
from callistics.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
Instructions = list[tuple[str, str]]


def parsed(text: str) -> list[Instructions]:
    """The stages of a container file, each a list of (instruction, rest)."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    stages: list[Instructions] = []
    for line in filter(None, joined.splitlines()):
        name, _, rest = line.partition(" ")
        if name == "FROM" or not stages:
            stages.append([])
        stages[-1].append((name, rest))
    return stages


@pytest.fixture(scope="module")
def stages() -> list[Instructions]:
    return parsed((DEPLOY / "Containerfile").read_text(encoding="utf-8"))[1:]


@pytest.fixture(scope="module")
def composed() -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert found["services"].keys() == {"callistics"}
    return found["services"]["callistics"]


def rests(stage: Instructions, name: str) -> list[str]:
    return [rest for found, rest in stage if found == name]


def test_it_installs_the_lock_with_hashes_and_nothing_beside(stages: list[Instructions]) -> None:
    installs = [
        command
        for stage in stages
        for rest in rests(stage, "RUN")
        for command in rest.split("&&")
        if " install " in command and "pip" in command
    ]
    lock, package = installs
    assert "--require-hashes -r requirements/runtime.txt" in lock
    assert "--no-deps --no-build-isolation ." in package


def test_everything_it_copies_is_there(stages: list[Instructions]) -> None:
    for rest in rests(stages[0], "COPY"):
        *sources, _ = rest.split()
        assert all((ROOT / source).exists() for source in sources)


def test_what_the_package_is_built_of_is_copied(stages: list[Instructions]) -> None:
    copied = {name for rest in rests(stages[0], "COPY") for name in rest.split()[:-1]}
    assert {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "src"} <= copied


def test_it_runs_as_nobody_special(stages: list[Instructions]) -> None:
    (user,) = rests(stages[-1], "USER")
    assert int(user) >= 10_000
    assert any(f"--uid {user} " in run for run in rests(stages[-1], "RUN"))


def test_its_data_is_in_a_volume(stages: list[Instructions]) -> None:
    (volume,) = rests(stages[-1], "VOLUME")
    environment = dict(
        pair.split("=", 1) for rest in rests(stages[-1], "ENV") for pair in rest.split()
    )
    path = environment.pop("PATH")
    assert path.startswith("/opt/callistics/bin:")
    settings = load_settings(environment)
    assert settings.engine == f"duckdb://{volume}/callistics.db"
    assert settings.host == "0.0.0.0"  # noqa: S104


def test_it_is_reached_and_watched_at_the_port_of_the_settings(stages: list[Instructions]) -> None:
    port = str(Settings().port)
    assert rests(stages[-1], "EXPOSE") == [port]
    (check,) = rests(stages[-1], "HEALTHCHECK")
    assert check.endswith(' CMD ["callistics", "health"]')
    assert "health" in COMMANDS


def test_it_serves_and_takes_any_other_command(stages: list[Instructions]) -> None:
    assert rests(stages[-1], "ENTRYPOINT") == ['["callistics"]']
    (command,) = rests(stages[-1], "CMD")
    assert command == '["serve"]'
    assert "serve" in COMMANDS


def test_only_the_base_image_is_fetched(stages: list[Instructions]) -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert parsed(text)[0] == [("ARG", "BASE=python:3.13-slim")]
    images = {rests(stage, "FROM")[0].split()[0] for stage in stages}
    assert images == {"${BASE}"}


def test_nothing_it_runs_is_a_line_for_a_shell(stages: list[Instructions]) -> None:
    for name in ("ENTRYPOINT", "CMD"):
        (command,) = rests(stages[-1], name)
        assert json.loads(command)
    (check,) = rests(stages[-1], "HEALTHCHECK")
    assert json.loads(check.partition(" CMD ")[2])


def test_the_example_takes_every_right_away(composed: dict[str, Any]) -> None:
    assert composed["cap_drop"] == ["ALL"]
    assert composed["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "devices", "user", "network_mode"} & composed.keys()


def test_the_example_writes_its_volume_and_tmp_alone(
    composed: dict[str, Any], stages: list[Instructions]
) -> None:
    assert composed["read_only"] is True
    (volume,) = rests(stages[-1], "VOLUME")
    assert [one.partition(":")[2] for one in composed["volumes"]] == [volume]
    (scratch,) = composed["tmpfs"]
    path, _, options = scratch.partition(":")
    assert path == "/tmp"  # noqa: S108
    assert {"noexec", "nosuid", "nodev"} <= set(options.split(","))


def test_the_example_fits_the_server(composed: dict[str, Any]) -> None:
    load_settings(composed["environment"])
    assert (DEPLOY / composed["build"]["context"]).resolve() == ROOT
    assert (ROOT / composed["build"]["dockerfile"]).is_file()
    assert composed["ports"] == [f"127.0.0.1:{Settings().port}:{Settings().port}"]
    assert int(composed["stop_grace_period"].removesuffix("s")) >= Settings().stop_timeout + 30


def test_it_is_watched_and_comes_back_after_a_restart_of_the_machine(
    composed: dict[str, Any],
) -> None:
    assert composed["restart"] == "unless-stopped"
    kind, *command = composed["healthcheck"]["test"]
    assert kind == "CMD"
    assert command[0] == "callistics"
    assert command[1] in COMMANDS


def test_the_context_has_what_is_copied_and_nothing_that_is_kept_secret(
    stages: list[Instructions],
) -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    taken = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {name.rstrip("/") for rest in rests(stages[0], "COPY") for name in rest.split()[:-1]}
    assert all(any(name == one or name.startswith(f"{one}/") for one in taken) for name in copied)
    assert not {".git", "tests", ".venv"} & taken
    assert {"**/*.db", "**/*.db.*"} <= set(rules)
