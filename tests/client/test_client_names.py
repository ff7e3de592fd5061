"""The names that the client is typed with are those that the server knows."""

import typing
from typing import Any, get_args

import pytest

import callistics
from callistics.catalog.filters import FILTERS
from callistics.catalog.payload_operators import OPERATORS
from callistics.cli.connect import client_options
from callistics.client import bodies
from callistics.client.ingesting import Terms
from callistics.client.options import KEY, URL
from callistics.http.openapi_schemas import schemas
from callistics.model.buckets import Granularity
from callistics.model.comparison import Comparison
from callistics.model.keys import Permission
from callistics.queries import registry
from callistics.records.field import RecordKind
from callistics.records.fields import ALL_FIELDS


def names(value: Any) -> set[str]:
    return set(typing.get_type_hints(value))


def properties(schema: str) -> set[str]:
    found: Any = schemas()[schema]
    return set(found["properties"])


@pytest.mark.parametrize(
    ("literal", "known"),
    [
        (bodies.QueryType, registry()),
        (bodies.Granularity, Granularity),
        (bodies.Comparison, Comparison),
        (bodies.Permission, Permission),
        (bodies.Kind, RecordKind),
    ],
)
def test_names(literal: Any, known: Any) -> None:
    assert list(get_args(literal)) == [str(one) for one in known]


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        (bodies.Filters, set(FILTERS)),
        (bodies.Operators, set(OPERATORS)),
        (bodies.Call, set(ALL_FIELDS[RecordKind.CALLS])),
        (bodies.Lead, set(ALL_FIELDS[RecordKind.LEADS])),
        (bodies.Scope, {"reseller_ids", "merchant_ids", "template_ids"}),
        (bodies.Locked, {"filters", "timezone"}),
    ],
)
def test_members(typed: Any, known: set[str]) -> None:
    assert names(typed) == known


def test_the_fields_of_a_query() -> None:
    known = properties("measure_request") | properties("calls_over_time_request")
    assert names(bodies.Query) == known


def test_the_parameters_of_records_are_all_there() -> None:
    assert {"on_error", "timezone"} <= names(Terms)


def test_the_environment_is_that_of_the_command_line() -> None:
    command: Any = client_options(lambda: None)
    variables = {one.envvar for one in command.__click_params__ if one.envvar}
    assert variables == {URL, KEY}


def test_what_the_package_shows() -> None:
    assert callistics.Client.__name__ in dir(callistics)
    with pytest.raises(AttributeError, match="no attribute 'Cleint'"):
        callistics.Cleint  # noqa: B018
