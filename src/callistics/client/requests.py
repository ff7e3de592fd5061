"""A request as a value, with how its answer is read: what both clients send."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx

from callistics.client.errors import ClientError, UnreadableAnswerError
from callistics.model.json import NotJsonError, as_object, decode

T = TypeVar("T")
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[T]):
    """One request. `repeatable`: sending it twice does no harm. `read` raises `ClientError`."""

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    repeatable: bool = True


Flow = Generator[Request[Any], Any, T]
"""Requests one after the other, each sent what the one before was read as; what they come to.

An error of a request is thrown into it, so that it may go on in another way.
"""


def one(request: Request[T]) -> Flow[T]:
    """The flow of a single request."""
    found: T = yield request
    return found


def record_path(kind: str, identity: str) -> str:
    """The path of a call or lead, whose id may be any text. Raises `ClientError` for no text."""
    return f"/{kind}/{path_part(identity)}"


def path_part(identity: str) -> str:
    """An id as one part of a path: dots alone would lead upwards.

    Raises `ClientError` for what no id is: another type, an empty text, half of a character.
    """
    if not isinstance(identity, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ClientError(f"an id is a text, not {identity!r}")
    if not identity:
        raise ClientError("an id has at least one character")
    try:
        part = quote(identity, safe="")
    except UnicodeEncodeError:
        raise ClientError(f"{identity!r} is no id: it has a character that is none") from None
    return part.replace(".", "%2E") if identity in (".", "..") else part


def body_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer, numbers as int or Decimal. Raises `UnreadableAnswerError`."""
    try:
        found = as_object(decode(response.content))
    except NotJsonError:
        found = None
    if found is None:
        raise unreadable(response)
    return found


def nothing(response: httpx.Response) -> None:
    """What an answer is read as that has no body. Raises `UnreadableAnswerError`."""
    if response.content:
        raise unreadable(response)


def unreadable(response: httpx.Response) -> UnreadableAnswerError:
    """The error for a success that is no answer of the server."""
    kind = response.headers.get("content-type", "no content type")
    return UnreadableAnswerError(
        f"{response.request.url} answered {response.status_code} with {kind}, which is no"
        " answer of Callistics: is the address that of the server?"
    )


def read_with(build: Callable[[dict[str, Any]], T]) -> Callable[[httpx.Response], T]:
    """How an answer is read whose JSON object `build` makes something of."""

    def read(response: httpx.Response) -> T:
        try:
            return build(body_of(response))
        except (KeyError, TypeError, AttributeError) as error:
            raise UnreadableAnswerError(
                f"{response.request.url} answered without what is expected there ({error!r}): is"
                " the server older than this client?"
            ) from error

    return read
