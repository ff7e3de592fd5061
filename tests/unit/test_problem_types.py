"""Every error that is answered has a stable type of its own, and every type is used."""

import re
from collections.abc import Iterator

import pytest

from callistics.errors import ProblemKind, Refused, RequestError, invalid, malformed
from callistics.http.openapi import build
from callistics.problem_types import (
    CLIENT_LEFT,
    METHOD_NOT_ALLOWED,
    PROBLEM_TYPES,
    ProblemType,
    problem_type,
)

# Clients decide by these: none is ever changed, new ones are added.
URIS = {
    "urn:callistics:problem:body-too-large": 413,
    "urn:callistics:problem:conflict": 409,
    "urn:callistics:problem:forbidden": 403,
    "urn:callistics:problem:internal-error": 500,
    "urn:callistics:problem:invalid-values": 422,
    "urn:callistics:problem:malformed-request": 400,
    "urn:callistics:problem:method-not-allowed": 405,
    "urn:callistics:problem:not-found": 404,
    "urn:callistics:problem:outside-scope": 403,
    "urn:callistics:problem:query-timed-out": 504,
    "urn:callistics:problem:too-many-requests": 429,
    "urn:callistics:problem:unauthorized": 401,
    "urn:callistics:problem:unavailable": 503,
    "urn:callistics:problem:unsupported-media-type": 415,
}


def errors(base: type[RequestError] = RequestError) -> Iterator[type[RequestError]]:
    yield base
    for one in base.__subclasses__():
        yield from errors(one)


def used() -> list[ProblemType]:
    single = [one.type for one in errors() if one is not Refused]
    return [*single, *Refused.types.values(), METHOD_NOT_ALLOWED]


def test_the_types_are_stable() -> None:
    assert {one.uri: one.status for one in PROBLEM_TYPES}.items() >= URIS.items()
    assert len({one.uri for one in PROBLEM_TYPES}) == len(PROBLEM_TYPES)


def test_every_error_has_a_type_of_its_own_and_every_type_an_error() -> None:
    # Nobody is there to be answered the one that is left out of the list.
    every = [*PROBLEM_TYPES, CLIENT_LEFT]
    assert {one.uri for one in used()} == {one.uri for one in every}


@pytest.mark.parametrize("kind", PROBLEM_TYPES, ids=lambda kind: kind.name)
def test_a_type_is_explained(kind: ProblemType) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.name)
    assert all(re.fullmatch(r"[A-Z`].+\.", text) for text in (kind.when, kind.advice))


def test_the_gravest_problem_decides() -> None:
    assert Refused([invalid("/a", "x"), malformed("/b", "x")]).answer_type.status == 400
    assert Refused.types.keys() == set(ProblemKind)


def test_a_status_finds_its_type() -> None:
    assert problem_type(404) == next(one for one in PROBLEM_TYPES if one.name == "not-found")
    assert problem_type(418) is None


def test_the_openapi_document_names_them() -> None:
    document = build()
    text = repr(document)
    assert all(one.uri in text for one in PROBLEM_TYPES)
