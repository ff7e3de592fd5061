"""Of more groups than can be drawn those with the most calls are, whatever their names."""

from typing import Any

import pytest

from support.pictures import drawn, told


@pytest.mark.parametrize(
    ("query_type", "measure", "figures"),
    [
        ("call_count", None, {}),
        ("call_duration", None, {"avg": 5.0, "p50": 5, "p95": 9, "total": 50}),
        ("measure", "cost", {"currency": "INR", "sum": 5.0, "avg": 5.0}),
    ],
)
def test_the_groups_of_most_calls_are_drawn(
    query_type: str, measure: str | None, figures: dict[str, Any]
) -> None:
    rows = [{"agent_id": f"a{number:02}", "count": number, **figures} for number in range(1, 31)]
    svg = drawn(query_type, rows, ("agent_id",), measure)
    assert "25 of 30 shown" in svg
    marks = told(svg)
    assert len(marks) == 25
    assert any("a30" in one for one in marks)
    assert not any("a05" in one for one in marks)
