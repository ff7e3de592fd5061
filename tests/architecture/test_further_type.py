"""A query type is one file: adding a further one is all there is to do."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from callistics import queries
from callistics.http import openapi
from support.store import opened

FILE = '''
"""How long the calls of each direction last in all."""

from callistics.catalog.dimensions import DIRECTION
from callistics.catalog.metrics import COUNT, TOTAL
from callistics.sql.selection import Unit
from callistics.queries.base import Field, QueryType

QUERY = QueryType(
    name="time_by_direction",
    summary="Seconds on the line by direction.",
    unit=Unit.CALLS,
    key=DIRECTION,
    fields=(Field("direction", "string|null", "The direction."),),
    figures=(COUNT, TOTAL),
    example={"filters": {"merchant_id": "mer_abc"}},
)
'''


@pytest.fixture
def further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "time_by_direction.py").write_text(FILE, encoding="utf-8")
    monkeypatch.setattr(queries, "__path__", [*queries.__path__, str(tmp_path)])
    queries.registry.cache_clear()
    yield "time_by_direction"
    monkeypatch.undo()
    queries.registry.cache_clear()


def test_it_answers(further: str) -> None:
    call = {"call_id": "c", "merchant_id": "m", "reseller_id": "r", "duration": 5}
    with opened() as store:
        store.send("calls", [{**call, "started_at": "2025-01-01", "direction": "inbound"}])
        rows = store.rows(further, filters={"min_duration": 1}, group_by=["merchant_id"])
    assert rows == [{"merchant_id": "m", "direction": "inbound", "count": 1, "total": 5}]


def test_it_is_in_the_openapi_document(further: str) -> None:
    document = openapi.build()
    text = repr(document)
    assert f"{further}_request" in text
    assert f"{further}_row" in text
    assert "Seconds on the line by direction." in text


def test_it_has_its_page_in_the_reference(further: str, reference: ModuleType) -> None:
    pages = reference.pages()
    page = next(text for name, text in pages.items() if name.endswith(f"{further}.md"))
    assert "Seconds on the line by direction." in page
    assert "`total`" in page


def test_it_is_gone_again() -> None:
    assert "time_by_direction" not in queries.registry()
