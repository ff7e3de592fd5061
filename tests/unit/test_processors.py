"""How many processors a process may use, and how many queries are worked on at once by that."""

from dataclasses import replace

import pytest

from callistics.engines.machine import machine_processors, processors_of
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
