"""The client of the commands: the Python client's way of sending, with more patience."""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

import click
import httpx
import msgspec

from callistics import __version__
from callistics.cli.api_errors import ApiError, api_error, request_error
from callistics.cli.root import Failure
from callistics.client.encoding import encoded
from callistics.client.errors import NoAnswerError, StatusError
from callistics.client.options import Options
from callistics.client.requests import JSON, Request, nothing, unreadable
from callistics.client.retries import LONGEST_PAUSE, Outcome, Retrying, is_busy
from callistics.client.transport import Transport, opened
from callistics.errors import RequestError
from callistics.model.media_types import media_type

if TYPE_CHECKING:
    from callistics.server.local_store import LocalStore

T = TypeVar("T")
Sleep = Callable[[float], None]


class Patience(NamedTuple):
    """Seconds that one request waits: in all while the server is `busy`, and for an `answer`.

    `late` is whether it is sent again where the answer did not come in time.
    """

    busy: float
    answer: float
    late: bool = True


# Long answers are the server's to cut off; this only notices a machine that is gone.
PATIENCE = Patience(busy=120.0, answer=600.0)
"""That of a command."""

_HOW_TO_GIVE_A_KEY = (
    "give a key with --key or the environment variable CALLISTICS_KEY; on the server's machine,"
    " the first admin key is in the file ending in .admin-key beside the database; a restored"
    " database has no such file: put the old key there, or set CALLISTICS_ADMIN_KEY once"
)


class NoAccessError(Failure):
    """The key is none that the server knows; says to whoever types commands how to give one."""


class Content(NamedTuple):
    """What a request sends, and what its headers say of it."""

    data: bytes | None
    headers: Mapping[str, str] = JSON


class Client:
    """Talks to the HTTP interface at `url`, over a network or, with a `transport`, without one.

    A `store` in this process takes records without a request; see `patiently`. `certificate`
    is that of this machine's own server.
    """

    def __init__(
        self,
        url: str,
        key: str | None,
        *,
        transport: httpx.BaseTransport | None = None,
        store: "LocalStore | None" = None,
        sleep: Sleep = time.sleep,
        patience: Patience = PATIENCE,
        certificate: str | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.store = store
        self.is_local = transport is not None
        self._key = key
        self._sleep = sleep
        self._busy = patience.busy
        self._told = False
        options = Options(self.url, key, patience.answer, agent=f"callistics-cli/{__version__}")
        http = opened(httpx.Client, self.url, transport=transport, certificate=certificate)
        # A server that never answered is more likely not there than starting again.
        retrying = Retrying(
            times=float("inf"),
            seconds=patience.busy,
            at=is_busy,
            only_reached=True,
            late=patience.late,
            spread=0,
        )
        self._transport = Transport(
            options, http, retrying=retrying, on_pause=self._tell_outcome, sleep=sleep
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._transport.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        expects: str | None = None,
        json: object = None,
        content: Content | None = None,
        params: Mapping[str, str] | None = None,
        repeatable: bool = False,
    ) -> httpx.Response:
        """The answer, if it is 2xx: a JSON object with the member `expects`, without it nothing.

        A server that is busy is waited for. `repeatable` says that sending the request twice does
        no harm, so that it is sent again where the answer was lost.
        Raises `ApiError` for any other answer, `Failure` where there is none, and
        `UnreadableAnswerError` where it is none of this product's servers.
        """
        if content is None:
            content = Content(None, {}) if json is None else Content(encoded(json))
        request = _request(
            method, path, content.data, content.headers, params, repeatable=repeatable
        )
        with self._failing():
            return checked(self._transport.answer(request), expects)

    @contextmanager
    def streamed(
        self,
        path: str,
        *,
        content: bytes | None,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> Generator[httpx.Response]:
        """The answer to a query as of `request`, of the type that it asks for, still to come.

        Reading it raises `httpx.TransportError` where it is cut.
        """
        request = _request(method, path, content, headers, params, repeatable=True)
        with self._failing(), self._transport.streamed(request) as response:
            came = media_type(response.headers.get("Content-Type"))
            if came != media_type(headers["Accept"]):
                raise unreadable(response)
            yield response

    def patiently(self, work: Callable[[], T]) -> T:
        """The result of work in this process; while that is busy, it is tried again.

        Raises `ApiError` or `Failure` as `request` does.
        """
        waited = 0.0
        while True:
            try:
                return work()
            except RequestError as error:
                found = request_error(error)
                pause = min(float(error.retry_after or 0), LONGEST_PAUSE)
                if not is_busy(found.status) or waited + pause > self._busy:
                    raise self._as_failure(found) from error
                self._tell(found)
            self._sleep(pause)
            waited += pause

    @contextmanager
    def _failing(self) -> Generator[None]:
        """Errors of the transport as those of a command."""
        try:
            yield
        except StatusError as error:
            raise self._as_failure(ApiError(error)) from error
        except NoAnswerError as error:
            raise Failure(str(error)) from error

    def _tell_outcome(self, outcome: Outcome) -> None:
        self._tell(api_error(outcome) if isinstance(outcome, httpx.Response) else None)

    def _tell(self, busy: ApiError | None) -> None:
        """Say why nothing seems to happen, the first time."""
        if self._told:
            return
        self._told = True
        reason = "gave no answer" if busy is None else f"is busy ({busy.title})"
        most = f"for up to {self._busy:.0f} seconds each time"
        click.echo(f"{self.url} {reason}: trying again, {most}", err=True)

    def _as_failure(self, error: ApiError) -> click.ClickException:
        return NoAccessError(self._no_access(error)) if error.status == 401 else error

    def _no_access(self, error: ApiError) -> str:
        if self._key is None:
            return f"{self.url} wants a key: {_HOW_TO_GIVE_A_KEY}"
        return f"{error.detail or error.title}: {_HOW_TO_GIVE_A_KEY}"


def _request(
    method: str,
    path: str,
    content: bytes | None,
    headers: Mapping[str, str] | None,
    params: Mapping[str, str] | None,
    *,
    repeatable: bool,
) -> Request[Any]:
    return Request(
        method=method,
        path=path,
        content=content,
        headers=dict(headers or {}),
        params=dict(params or {}),
        read=lambda response: response,
        repeatable=repeatable,
    )


def checked(response: httpx.Response, expects: str | None) -> httpx.Response:
    """An answer that is as `Client.request` expects it. Raises `UnreadableAnswerError`."""
    if expects is None:
        nothing(response)
        return response
    # Most likely a page of a proxy, or of whatever else listens there.
    try:
        found = msgspec.json.decode(response.content, type=dict[str, msgspec.Raw])
    except msgspec.MsgspecError as error:
        raise unreadable(response) from error
    if expects not in found:
        raise unreadable(response)
    return response
