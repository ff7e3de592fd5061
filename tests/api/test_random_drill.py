"""The random machine: what a short world shows, and that it would see a difference."""

from collections.abc import Sequence

import pytest
from drills import random, random_queries, random_records
from drills.random_model import Body, Model
from drills.random_world import Difference

from support import engines


@pytest.fixture(autouse=True)
def _embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "current", "duckdb")


@pytest.mark.slow
def test_every_operation_is_asked_and_every_answer_is_that_of_the_naive_evaluation() -> None:
    report = random.drill(short=True)
    assert report.passed, report.markdown


def test_an_operation_that_is_never_asked_is_no_pass() -> None:
    found = random.Found(declared={"GET /a", "GET /b"}, visited={"GET /a": 1})
    assert found.unvisited == {"GET /b"}
    assert not random.report({"duckdb": found}, 1).passed


@pytest.mark.slow
def test_a_difference_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    add = Model.add

    def forgetting(
        model: Model, kind: str, records: Sequence[tuple[int, Body]], arrived: int
    ) -> None:
        add(model, kind, records[:-1], arrived)

    rules = [*random_records.RULES[:1], *random_queries.RULES[-3:]]
    monkeypatch.setattr(random, "RULES", rules)
    monkeypatch.setattr(Model, "add", forgetting)
    done, world, error = random.play("duckdb", 20_261_129, range(40))
    assert isinstance(error, Difference), (done, error)
    assert len(world.done) == done
