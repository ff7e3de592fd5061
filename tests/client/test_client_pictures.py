"""What an answer looks like, and what is said where it has no picture."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callistics import Client
from callistics.client import Answer, PictureError
from callistics.client.plot import page
from callistics.client.plot.drawing import drawing

Records = Callable[[int], list[dict[str, Any]]]


@pytest.fixture
def answer(client: Client, records: Records, merchant: str) -> Answer:
    """The calls of two days."""
    client.ingest(records(30))
    return client.query("calls_over_time", filters={"merchant_id": merchant})


@pytest.fixture(autouse=True)
def _script(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the script that a build makes, which is tested by itself."""
    monkeypatch.setattr(page, "charts_script", lambda: "const a=1;export{a as View};\n")


def test_forms_of_a_picture(answer: Answer, tmp_path: Path) -> None:
    picture = answer.plot()
    assert picture.title == "Calls over time"
    assert picture.save(tmp_path / "a.svg").read_text(encoding="utf-8") == picture.svg
    assert picture.save(str(tmp_path / "a.png")).read_bytes().startswith(b"\x89PNG")
    assert "<td>2025-01-01</td>" in picture.save(tmp_path / "a.HTML").read_text(encoding="utf-8")
    with pytest.raises(PictureError, match=r"a\.pdf: must end in"):
        picture.save(tmp_path / "a.pdf")


def test_notebooks_show_it(answer: Answer) -> None:
    show: Any = vars(type(answer.plot()))["_repr_svg_"]
    assert show(answer.plot()).startswith("<svg")


def test_what_is_still_to_come_is_marked(client: Client, merchant: str, answer: Answer) -> None:
    filters: Any = {"merchant_id": merchant, "date_from": "2025-01-01", "date_to": "2999-12-31"}
    open_ended = client.query("calls_over_time", filters=filters, granularity="year")
    assert answer.total == 2
    assert _unfinished(answer) is None
    found = _unfinished(open_ended)
    assert found is not None
    assert "2026" <= found[:4] < "2999"


def _unfinished(answer: Answer) -> str | None:
    spec = drawing(answer).spec
    assert spec is not None
    return next(one["value"] for one in spec["params"] if one["name"] == "unfinished_from")


def test_one_of_several_does_not_say_what_is_to_come(client: Client, answer: Answer) -> None:
    assert answer.range is not None
    over_time, outcomes = client.batch(
        [
            {"query_type": "calls_over_time", "filters": answer.query["filters"]},
            {"query_type": "top_outcomes", "filters": answer.query["filters"]},
        ]
    )
    with pytest.raises(PictureError, match="ask it by itself"):
        over_time.plot()
    assert outcomes.plot().svg.startswith("<svg")


def test_what_has_no_picture(client: Client, answer: Answer) -> None:
    filters: Any = answer.query["filters"]
    with pytest.raises(PictureError, match="no picture here"):
        _ = client.query("call_count", filters=filters).plot().svg
    nothing = client.query("top_outcomes", filters={"merchant_id": "nobody"})
    with pytest.raises(PictureError, match="nothing to draw"):
        _ = nothing.plot().png
    assert "Nothing matches." in nothing.plot().html


def test_a_type_of_a_newer_server_is_a_table(answer: Answer) -> None:
    body = {"query_type": "to_come"}
    newer = Answer("to_come", answer.rows, 2, 1, 10, body, answer.range, answer.complete_until)
    assert "<td>2025-01-01</td>" in newer.plot().html
