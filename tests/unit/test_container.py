"""The container file installs what the lock pins and runs without rights; it cannot be run here."""

import re
from pathlib import Path

import pytest

from callistics.cli.root import COMMANDS
from callistics.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
Instructions = list[tuple[str, str]]


def parsed(text: str) -> list[Instructions]:
    """The stages of a container file, each a list of (instruction, rest)."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    stages: list[Instructions] = []
    for line in filter(None, joined.splitlines()):
        name, _, rest = line.partition(" ")
        if name == "FROM":
            stages.append([])
        stages[-1].append((name, rest))
    return stages


@pytest.fixture(scope="module")
def stages() -> list[Instructions]:
    return parsed((ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8"))


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
    assert f"http://127.0.0.1:{port}/health/ready" in check


def test_it_serves_and_takes_any_other_command(stages: list[Instructions]) -> None:
    assert rests(stages[-1], "ENTRYPOINT") == ['["callistics"]']
    (command,) = rests(stages[-1], "CMD")
    assert command == '["serve"]'
    assert "serve" in COMMANDS


def test_only_the_base_image_is_fetched(stages: list[Instructions]) -> None:
    images = {rests(stage, "FROM")[0].split()[0] for stage in stages}
    assert images == {"python:3.13-slim"}
