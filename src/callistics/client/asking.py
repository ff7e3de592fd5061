"""The requests that read, and how their answers become values: written once for both clients."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

import httpx

from callistics.client.bodies import Asked, Query, Sought
from callistics.client.encoding import encoded
from callistics.client.errors import ClientError, StatusError, problem_error
from callistics.client.found import (
    CallPage,
    Erased,
    PayloadKeys,
    Record,
    Value,
    erased_of,
    payload_keys_of,
    values_of,
)
from callistics.client.requests import (
    JSON,
    Flow,
    Request,
    body_of,
    one,
    read_with,
    record_path,
    unreadable,
)
from callistics.client.rows.answers import Answer, joined

ARROW = "application/vnd.apache.arrow.stream"
LARGEST_PAGE = 10_000
MOST_CALLS = 1_000
Body = dict[str, Any]


def query(query_type: str, asked: Mapping[str, Any]) -> Flow[Answer]:
    """The page asked for, or where none is, every row."""
    if asked.get("page") is not None or asked.get("page_size") is not None:
        return one(_page(_body(query_type, asked)))
    return _all(_body(query_type, asked))


def _all(body: Body) -> Flow[Answer]:
    first: Answer = yield first_page(body)
    pages = [first]
    while (following := next_page(pages[-1])) is not None:
        pages.append((yield following))
    return joined(first, pages[1:])


def first_page(body: Body, page_size: int = LARGEST_PAGE) -> Request[Answer]:
    """The first of all pages of a query."""
    return _page({**body, "page": 1, "page_size": page_size})


def next_page(page: Answer) -> Request[Answer] | None:
    """The page that follows; None after the last."""
    if not page.rows or page.page * page.page_size >= page.total:
        return None
    return _page({**page.query, "page": page.page + 1})


def pages(query_type: str, asked: Asked, page_size: int) -> Request[Answer]:
    """The first of the pages of so many rows."""
    if "page" in asked:
        raise TypeError("pages() begins with the first: query() answers one page")
    return first_page(_body(query_type, asked), page_size)


def _body(query_type: str, asked: Mapping[str, Any]) -> Body:
    return _given({"query_type": query_type, **asked})


def _given(asked: Mapping[str, Any]) -> Body:
    return {name: value for name, value in asked.items() if value is not None}


def _page(body: Body) -> Request[Answer]:
    def read(response: httpx.Response) -> Answer:
        build = partial(_answer, body, headers=response.headers)
        return read_with(build)(response)

    return Request(method="POST", path="/analytics", content=encoded(body), headers=JSON, read=read)


def _answer(body: Mapping[str, Any], found: Body, headers: Mapping[str, str]) -> Answer:
    return Answer(
        found["query_type"],
        found["data"],
        found["total"],
        found["page"],
        found["page_size"],
        body,
        headers.get("Callistics-Range"),
        headers.get("Callistics-Complete-Until"),
    )


def batch(queries: Sequence[Query]) -> Request[list[Answer | StatusError]]:
    """Several queries of one state of the records."""
    if not all(isinstance(each, Mapping) for each in cast("Sequence[object]", queries)):
        raise ClientError('a batch is a list of bodies, such as {"query_type": "call_count"}')
    bodies = [_given(each) for each in queries]

    def build(found: Body) -> list[Answer | StatusError]:
        answers: list[Body] = found["answers"]
        return [
            _answer(body, each, {}) if "query_type" in each else problem_error(each)
            for body, each in zip(bodies, answers, strict=True)
        ]

    return Request(
        method="POST",
        path="/analytics/batch",
        content=encoded({"queries": bodies}),
        headers=JSON,
        read=read_with(build),
    )


def raised(answers: Sequence[Answer | StatusError]) -> list[Answer]:
    """The answers. Raises the first error among them."""
    found = [each for each in answers if isinstance(each, Answer)]
    for place, each in enumerate(answers):
        if isinstance(each, StatusError):
            each.add_note(f"the query at {place} of {len(answers)}; return_errors=True gives all")
            raise each
    return found


def check_sought(sought: Sought) -> None:
    """Refuse what a request takes, and a search of every call does not. Raises `TypeError`."""
    wrong = next((name for name in ("limit", "cursor") if name in sought), None)
    if wrong is not None:
        raise TypeError(
            f"search_calls() gives every call, without {wrong!r}: page_size is how many come at a"
            " time, and islice() takes some of them"
        )


def search(sought: Sought, cursor: str | None = None) -> Request[CallPage]:
    """A page of the calls that match."""
    given = _given(sought)
    body = {"limit": given.pop("page_size", MOST_CALLS), **given, "cursor": cursor}

    def read(response: httpx.Response) -> CallPage:
        headers = response.headers

        def build(found: Body) -> CallPage:
            span, until = headers["Callistics-Range"], headers["Callistics-Complete-Until"]
            return CallPage(found["data"], found["next_cursor"], span, until)

        return read_with(build)(response)

    return Request(
        method="POST", path="/calls/search", content=encoded(body), headers=JSON, read=read
    )


def more(sought: Sought, page: CallPage) -> Request[CallPage] | None:
    """The page that follows; None after the last."""
    return None if page.next_cursor is None else search(sought, page.next_cursor)


def all_calls(sought: Sought) -> Request[bytes]:
    """Every call that matches, as an Arrow stream."""
    body = {name: value for name, value in sought.items() if name != "page_size"}
    return Request(
        method="POST",
        path="/calls/search",
        content=encoded(body),
        headers={**JSON, "Accept": ARROW},
        read=_arrow,
    )


def _arrow(response: httpx.Response) -> bytes:
    if response.headers.get("content-type") != ARROW:
        raise unreadable(response)
    return response.content


def shown(
    kind: str, identity: str, merchant_id: str | None, timezone: str | None
) -> Request[Record]:
    """One call or lead."""
    return Request(
        method="GET",
        path=record_path(kind, identity),
        params=_given({"merchant_id": merchant_id, "timezone": timezone}),
        read=body_of,
    )


def erased(kind: str, identity: str, merchant_id: str | None) -> Request[Erased]:
    """Erase one call, or one lead with its calls."""
    return Request(
        method="DELETE",
        path=record_path(kind, identity),
        params={} if merchant_id is None else {"merchant_id": merchant_id},
        read=read_with(erased_of),
        # What was erased before its answer was lost is not there the second time.
        repeatable=False,
    )


def types() -> Request[Body]:
    """What can be asked."""
    return Request(method="GET", path="/analytics/types", read=body_of)


def values(field: str, prefix: str | None, limit: int | None) -> Request[list[Value]]:
    """The values of a field."""
    given = {"field": field, "prefix": prefix, "limit": limit}
    return Request(
        method="GET",
        path="/analytics/values",
        params={name: str(value) for name, value in given.items() if value is not None},
        read=read_with(values_of),
    )


def payload_keys() -> Request[PayloadKeys]:
    """The keys of payloads."""
    return Request(method="GET", path="/analytics/payload-keys", read=read_with(payload_keys_of))
