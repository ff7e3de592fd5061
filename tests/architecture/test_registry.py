"""Whatever can be asked, sent or set is explained, exampled, and has its place in the docs."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from callistics.analytics.parse import BODY_FIELDS, parse_request
from callistics.catalog.dimensions import GROUPABLE, Dimension
from callistics.catalog.filters import FILTERS
from callistics.catalog.payload_operators import OPERATORS
from callistics.http.metrics import Metrics
from callistics.http.openapi import build
from callistics.model.json import decode
from callistics.model.query import Filters
from callistics.model.scope import EVERYTHING
from callistics.model.zones import zone
from callistics.problem_types import PROBLEM_TYPES
from callistics.queries import registry
from callistics.queries.base import QueryType
from callistics.records.field import RecordField, RecordKind
from callistics.records.field_values import Reading
from callistics.records.fields import ALL_FIELDS
from callistics.records.unreached import SOURCES, sources_by_key
from callistics.setting_table import SettingInfo, table

from .tree import ROOT, SOURCE

TWELVE = {
    "avg_duration_over_time",
    "call_count",
    "call_duration",
    "calls_over_time",
    "conversion_funnel",
    "hourly_heatmap",
    "outcome_distribution",
    "provider_breakdown",
    "retry_analysis",
    "sentiment_distribution",
    "status_distribution",
    "top_outcomes",
}
NOW = 1_760_000_000_000_000
QUERIES = list(registry().values())
FIELDS = [(kind, spec) for kind in RecordKind for spec in ALL_FIELDS[kind].values()]


def str_of(value: RecordKind | RecordField) -> str:
    return value.name if isinstance(value, RecordField) else str(value)


def is_sentence(text: str) -> bool:
    """Help is a text for people: it begins with a capital or code and ends with a full stop."""
    return bool(re.fullmatch(r"[`A-Z0-9][\s\S]+\.", text))


@pytest.mark.parametrize("text", ["", "Todo", "lower case.", "Cut off,"])
def test_poor_help_is_found(text: str) -> None:
    assert not is_sentence(text)


def test_the_twelve_are_there() -> None:
    assert set(registry()) >= TWELVE


def test_every_file_in_queries_is_a_query_type_or_shared() -> None:
    files = {path.stem for path in (SOURCE / "queries").glob("*.py")} - {"__init__"}
    assert files - set(registry()) == {"base", "picture", "series"}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
class TestQueryType:
    def test_is_explained(self, query: QueryType) -> None:
        assert is_sentence(query.summary)
        assert query.columns
        columns = [*query.columns, *query.previous_columns]
        assert all(is_sentence(column.help) for column in columns)

    def test_its_columns_differ(self, query: QueryType) -> None:
        names = [column.name for column in query.columns]
        assert len(names) == len(set(names))

    def test_its_example_is_a_valid_request(self, query: QueryType) -> None:
        assert query.example
        body = json.dumps({"query_type": query.name, **query.example}).encode()
        assert parse_request(body, EVERYTHING, "UTC", NOW).query_type == query.name

    def test_is_in_the_openapi_document(self, query: QueryType) -> None:
        document: Any = build()
        row = document["components"]["schemas"][f"{query.name}_row"]
        columns = [*query.columns, *query.previous_columns]
        assert list(row["properties"]) == [column.name for column in columns]


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_is_explained_and_its_example_valid(name: str) -> None:
    spec = FILTERS[name]
    assert is_sentence(spec.help)
    filters = {name: spec.example}
    if spec.with_one is not None:
        filters[spec.with_one] = FILTERS[spec.with_one].example
    body = {"query_type": "call_count", "filters": filters}
    assert parse_request(json.dumps(body).encode(), EVERYTHING, "UTC", NOW).filters != Filters()


@pytest.mark.parametrize("dimension", GROUPABLE.values(), ids=lambda dimension: dimension.name)
def test_every_dimension_is_explained(dimension: Dimension) -> None:
    assert is_sentence(dimension.help)


@pytest.mark.parametrize(("kind", "spec"), FIELDS, ids=str_of)
def test_every_record_field_is_explained_and_exampled(kind: RecordKind, spec: RecordField) -> None:
    assert is_sentence(spec.help)
    assert spec.schema
    reading = Reading(zone("UTC"), now=2_000_000_000_000_000)
    example = decode(json.dumps(spec.example).encode())
    assert spec.type.parse(example, reading) is not None, f"{kind}: the example is no valid value"


@pytest.mark.parametrize("setting", table(), ids=lambda setting: setting.name)
def test_every_setting_is_explained(setting: SettingInfo) -> None:
    assert is_sentence(setting.help)


@pytest.fixture(scope="module")
def pages(reference: ModuleType) -> dict[str, str]:
    return reference.pages()


class TestReference:
    """The generated pages, which are made in memory here and compared with the committed ones."""

    def test_the_committed_pages_are_current(
        self, pages: dict[str, str], reference: ModuleType
    ) -> None:
        assert reference.stale(pages) == [], "run make reference"

    def test_pages_that_differ_are_found_and_brought_up_to_date(
        self, reference: ModuleType, tmp_path: Path
    ) -> None:
        for name in ("gone.md", "old.md"):
            (tmp_path / name).write_text("as it was", encoding="utf-8")
        made = {"old.md": "as it is", "queries/new.md": "new"}
        assert reference.stale(made, tmp_path) == ["gone.md", "old.md", "queries/new.md"]
        reference.write(made, tmp_path)
        assert reference.stale(made, tmp_path) == []

    def test_every_query_type_has_a_page(self, pages: dict[str, str]) -> None:
        assert {f"queries/{name}.md" for name in registry()} <= set(pages)

    def test_the_list_links_every_page(self, pages: dict[str, str]) -> None:
        linked = set(re.findall(r"\]\((\w+)\.md\)", pages["queries/index.md"]))
        assert linked == set(registry())

    @pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
    def test_a_page_explains_every_column(self, pages: dict[str, str], query: QueryType) -> None:
        text = pages[f"queries/{query.name}.md"]
        assert query.summary in text
        assert all(f"| `{column.name}` |" in text for column in query.columns)
        assert all(f"`{column.name}`" in text for column in query.previous_columns)

    @pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
    def test_an_example_is_answered(self, pages: dict[str, str], query: QueryType) -> None:
        request, answer = map(json.loads, _json_blocks(pages[f"queries/{query.name}.md"]))
        assert request["query_type"] == answer["query_type"] == query.name
        assert answer["data"], "an example that finds nothing explains nothing"
        columns = [*request.get("group_by", ()), *(column.name for column in query.columns)]
        assert list(answer["data"][0]) == columns

    def test_filters_operators_dimensions_are_listed(self, pages: dict[str, str]) -> None:
        for name in (*FILTERS, *OPERATORS):
            assert f"| `{name}` |" in pages["filters.md"]
        for name in GROUPABLE:
            assert f"| `{name}` |" in pages["grouping.md"]

    def test_record_fields_are_listed(self, pages: dict[str, str]) -> None:
        _, calls, leads = re.split(r"^## ", pages["records.md"], flags=re.MULTILINE)
        for kind, text in ((RecordKind.CALLS, calls), (RecordKind.LEADS, leads)):
            assert all(f"| `{name}` |" in text for name in ALL_FIELDS[kind])

    def test_unreached_outcomes_are_listed_with_their_sources(self, pages: dict[str, str]) -> None:
        text, keys = pages["unreached.md"], sources_by_key()
        assert all(f"| `{key}` | {sources[0].owner}" in text for key, sources in keys.items())
        assert all(f"| {one.owner} | {one.document} | " in text for one in SOURCES)

    def test_error_types_are_listed(self, pages: dict[str, str]) -> None:
        assert all(
            f"| {one.status} | `{one.uri}` | {one.title} |" in pages["error-types.md"]
            for one in PROBLEM_TYPES
        )

    def test_settings_are_listed(self, pages: dict[str, str]) -> None:
        assert all(
            f"| `{one.name}` | `{one.variable}` |" in pages["settings.md"] for one in table()
        )


def _json_blocks(text: str) -> Iterator[str]:
    return iter(re.findall(r"```json\n(.*?)\n```", text, flags=re.DOTALL))


def test_every_body_field_is_told_of() -> None:
    text = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in BODY_FIELDS)


def test_every_metric_is_told_of() -> None:
    text = (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
    exposed = re.findall(r"^# TYPE (\S+)", Metrics().expose().decode(), flags=re.MULTILINE)
    assert exposed
    missing = {name.removesuffix("_created") for name in exposed if f"`{name}`" not in text}
    assert all(f"`{name}`" in text or f"`{name}_total`" in text for name in missing)
