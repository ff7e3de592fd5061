"""Every request that the documentation shows is answered, and every operation it names is one."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support.pages import PAGES, ROOT, blocks, shell_lines
from support.server import Server, serving

ADDRESS = "http://127.0.0.1:8000"
BY_THE_KEY = "Authorization: Bearer $CALLISTICS_KEY"
PUBLIC = {"/", "/docs", "/openapi.json"}
OPERATION = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^\s`?]*)[^`]*`")


class Request(NamedTuple):
    """A request as a page shows it, by `curl`."""

    page: Path
    method: str
    path: str
    headers: list[str]
    body: str | None


def requests() -> Iterator[Request]:
    """Those to the server itself, whatever is stored first."""
    for page in PAGES:
        for words in shell_lines(page):
            address = next((one for one in words if one.startswith(ADDRESS)), None)
            if words[:1] != ["curl"] or address is None:
                continue
            given = list(pairwise(words))
            body = next((value for option, value in given if option == "-d"), None)
            named = next((value for option, value in given if option == "-X"), None)
            headers = [value for option, value in given if option == "-H"]
            method = named or ("GET" if body is None else "POST")
            yield Request(page, method, address.removeprefix(ADDRESS), headers, body)


def turn(request: Request) -> int:
    """Records come before what is asked about them, and are erased last."""
    return 2 if request.method == "DELETE" else int(request.path != "/calls")


def test_every_request_is_answered(tmp_path: Path) -> None:
    shown = sorted(requests(), key=turn)
    assert len(shown) > 10
    with serving(tmp_path) as server:
        for page, method, path, headers, body in shown:
            assert BY_THE_KEY in headers, page
            sent = dict(one.split(": ") for one in headers if one != BY_THE_KEY)
            # A key must end later than now, whenever that is.
            later = body and re.sub(
                r'(?<="expires_at": ")\d{4}', f"{datetime.now(UTC).year + 1}", body
            )
            answer = server.request(method, path, headers=sent, content=later)
            assert answer.is_success, (page, path, answer.text)


def documents() -> Iterator[Any]:
    """Every block of JSON, by its page."""
    for page in PAGES:
        for text in blocks(page, "json"):
            yield pytest.param(json.loads(text), id=page.relative_to(ROOT).as_posix())


QUERIES = [
    one
    for one in documents()
    if "query_type" in one.values[0] and not one.values[0].keys() & {"data", "event"}
]
"""Neither answers nor lines of log."""


@pytest.mark.parametrize("body", QUERIES)
def test_every_query_is_answered(body: dict[str, Any], shared_server: Server) -> None:
    answer = shared_server.request("POST", "/analytics", json=body)
    assert answer.status_code == 200, answer.text


def test_every_operation_that_is_named_is_one(shared_server: Server) -> None:
    paths = shared_server.request("GET", "/openapi.json", key=None).json()["paths"]
    known = [
        (method.upper(), re.sub(r"\\{\w+\\}", r"[^/]+", re.escape(path)))
        for path, operations in paths.items()
        for method in operations
    ]
    for page in PAGES:
        for method, path in OPERATION.findall(page.read_text(encoding="utf-8")):
            found = any(method == one and re.fullmatch(form, path) for one, form in known)
            assert found or (method == "GET" and path in PUBLIC), (page, method, path)
