"""Several queries at once: what is sent of them, and how their answers are shown."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from callistics.cli.api_errors import ApiError, problem_api_error
from callistics.cli.client import Client, Content
from callistics.cli.query_body import QueryOptions
from callistics.cli.root import Failure
from callistics.queries import registry

JSON = {"Content-Type": "application/json"}


def dashboard() -> tuple[str, ...]:
    """The types that can be asked without saying more than which records."""
    return tuple(name for name, query in registry().items() if not query.takes_measure)


def batch_body(options: QueryOptions, types: Sequence[str]) -> bytes:
    """The body of `POST /analytics/batch`: each type with the same filters and options.

    A measure goes with the types that take one.
    """
    known = registry()
    takers = [name for name in types if name in known and known[name].takes_measure]
    # Once for all of them: what is noted of an option is said once.
    with_measure = options.body()
    without = {name: value for name, value in with_measure.items() if name != "measure"}
    queries = [
        {**(with_measure if name in takers or not takers else without), "query_type": name}
        for name in types
    ]
    return json.dumps({"queries": queries}).encode()


def ask_batch(client: Client, body: bytes) -> str:
    """The JSON text of the answers. Raises `ApiError`, `Failure`."""
    return client.request(
        "POST", "/analytics/batch", expects="answers", content=Content(body), repeatable=True
    ).text


def read_answers(text: str) -> list[dict[str, Any]]:
    """The answers with their numbers as they are written."""
    found: list[dict[str, Any]] = json.loads(text, parse_float=Decimal)["answers"]
    return found


def error_of(answer: Mapping[str, Any]) -> ApiError | None:
    """The error that an answer of a batch is, if it is one."""
    return None if "query_type" in answer else problem_api_error(answer)


def fail_if_any(answers: Sequence[Mapping[str, Any]]) -> None:
    """Raises `Failure` where there are queries without an answer; each was told where it stands."""
    failed = sum(error_of(one) is not None for one in answers)
    if failed:
        raise Failure(f"{failed} of {len(answers)} queries have no answer")
