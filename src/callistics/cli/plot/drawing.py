"""Answers of the command line as drawings."""

import json
from collections.abc import Mapping
from typing import Any

from callistics.cli.client import Client, Content
from callistics.client.rows.answers import Answer


def answer_of(body: Mapping[str, Any], found: Mapping[str, Any], span: tuple[str, str]) -> Answer:
    """The answer to a body, of a range as `range_of` tells it."""
    where = found["total"], found["page"], found["page_size"]
    return Answer(found["query_type"], found["data"], *where, body, *span)


def range_of(client: Client, body: Mapping[str, Any]) -> tuple[str, str]:
    """How the range of a query is read, and until when it is complete.

    Asked with the same filters and zone. Raises `ApiError`, `Failure`.
    """
    asked = {name: body[name] for name in ("filters", "timezone") if name in body}
    content = json.dumps({"query_type": "call_count", **asked}).encode()
    answer = client.request(
        "POST", "/analytics", expects="data", content=Content(content), repeatable=True
    )
    headers = answer.headers
    return headers["Callistics-Range"], headers["Callistics-Complete-Until"]
