"""What a process may use, and how many queries are worked on at once by that."""

from dataclasses import replace
from pathlib import Path

import pytest

from callistics.engines.machine import limits_of_groups, machine_processors, processors_of
from callistics.engines.registry import query_concurrency
from callistics.settings import Settings


@pytest.mark.parametrize(
    ("quota", "processors"),
    [
        ("200000 100000\n", 2),
        ("150000 100000\n", 2),
        ("50000 100000\n", 1),
        ("200000\n 100000\n", 2),
        ("max 100000\n", None),
        ("-1\n 100000\n", None),
        ("", None),
    ],
)
def test_the_time_of_a_container_is_so_many_processors(quota: str, processors: int | None) -> None:
    assert processors_of(quota) == processors


def test_queries_are_worked_on_by_as_many_as_there_are_processors() -> None:
    embedded = Settings(engine="duckdb://calls.db")
    elsewhere = Settings(engine="clickhouse://u:p@host:8123/d")
    assert query_concurrency(embedded) == max(2, machine_processors())
    assert query_concurrency(elsewhere) == max(4, machine_processors())
    assert query_concurrency(replace(embedded, query_concurrency=1)) == 1


SERVICE = "/system.slice/callistics.service"
UNSEEN = "/docker/0123456789abcdef"


@pytest.mark.parametrize(
    ("controller", "group", "files", "limits"),
    [
        # A container with its own name space, a service, and a group around it that has less.
        ("memory", "0::/", {"memory.max": "100\n"}, ["100\n"]),
        ("cpu", "0::/", {"cpu.max": "max 100000\n"}, ["max 100000\n"]),
        ("memory", f"0::{SERVICE}", {f"{SERVICE}/memory.max": "100\n"}, ["100\n"]),
        (
            "memory",
            f"0::{SERVICE}",
            {f"{SERVICE}/memory.max": "max\n", "system.slice/memory.max": "50\n"},
            ["max\n", "50\n"],
        ),
        # Both versions beside each other, and the first one alone.
        ("memory", "0::/x", {"unified/x/memory.max": "7\n"}, ["7\n"]),
        (
            "memory",
            f"4:memory:{UNSEEN}\n0::/",
            {"memory/memory.limit_in_bytes": "9\n"},
            ["9\n"],
        ),
        (
            "cpu",
            f"3:cpu,cpuacct:{UNSEEN}",
            {"cpu,cpuacct/cpu.cfs_quota_us": "1\n", "cpu,cpuacct/cpu.cfs_period_us": "2\n"},
            ["1\n 2\n"],
        ),
        ("cpu", f"2:cpuacct:{UNSEEN}", {"cpu/cpu.cfs_quota_us": "1\n"}, []),
        # A process outside of its name space's root.
        ("memory", "0::/../x", {"memory.max": "3\n"}, ["3\n"]),
        ("memory", "", {"memory.max": "3\n"}, []),
    ],
)
def test_what_limits_the_group_of_a_process(
    tmp_path: Path, controller: str, group: str, files: dict[str, str], limits: list[str]
) -> None:
    groups, mounted = tmp_path / "cgroup", tmp_path / "mounted"
    groups.write_text(f"{group}\n")
    for name, text in files.items():
        file = mounted / name.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert list(limits_of_groups(controller, groups, mounted)) == limits


def test_where_there_are_no_groups_nothing_limits(tmp_path: Path) -> None:
    assert list(limits_of_groups("memory", tmp_path / "none", tmp_path)) == []
