"""The client of the commands: one request after the other, with patience where that helps."""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from ipaddress import ip_address
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import click
import httpx

from callistics import __version__
from callistics.cli.api_errors import ApiError, api_error, request_error
from callistics.cli.root import Failure
from callistics.errors import RequestError

if TYPE_CHECKING:
    from callistics.server.local_store import LocalStore

T = TypeVar("T")
Sleep = Callable[[float], None]

MAX_WAIT = 120.0
"""Seconds that a command waits in all for a server that asks to come back later."""

_LONGEST_PAUSE = 30.0
_BUSY = (429, 503)
# Long answers are the server's to cut off; this only notices a machine that is gone.
_TIMEOUT = httpx.Timeout(600.0, connect=5.0)
_HOW_TO_GIVE_A_KEY = (
    "give a key with --key or the environment variable CALLISTICS_KEY; on the server's machine,"
    " the first admin key is in the file ending in .admin-key beside the database"
)


class Client:
    """Talks to the HTTP interface at `url`, over a network or, with a `transport`, without one.

    A `store` in this process takes records without a request; see `patiently`. `max_wait` is the
    seconds that one request waits in all for a server that is busy.
    """

    def __init__(
        self,
        url: str,
        key: str | None,
        *,
        transport: httpx.BaseTransport | None = None,
        store: "LocalStore | None" = None,
        sleep: Sleep = time.sleep,
        max_wait: float = MAX_WAIT,
    ) -> None:
        self.url = url.rstrip("/")
        self.store = store
        self.is_local = transport is not None
        self._key = key
        self._sleep = sleep
        self._max_wait = max_wait
        self._reached = False
        self._told = False
        headers = {"User-Agent": f"callistics-cli/{__version__}"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        self._http = httpx.Client(
            base_url=self.url,
            headers=headers,
            timeout=_TIMEOUT,
            transport=transport,
            trust_env=not is_loopback(self.url),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        repeatable: bool = False,
    ) -> httpx.Response:
        """The answer, if it is 2xx.

        A server that is busy is waited for. `repeatable` says that sending the request twice does
        no harm, so that it is sent again where the answer was lost.
        Raises `ApiError` for any other answer, `Failure` where there is none.
        """
        request = self._http.build_request(
            method, path, json=json, content=content, headers=headers, params=params
        )
        return self._answered(request, repeatable=repeatable, streamed=False)

    @contextmanager
    def streamed(
        self,
        path: str,
        *,
        content: bytes,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
    ) -> Generator[httpx.Response]:
        """The answer to a question as of `request`, its body still to come.

        Reading it raises `httpx.TransportError` where it is cut.
        """
        request = self._http.build_request(
            "POST", path, content=content, headers=headers, params=params
        )
        with closing(self._answered(request, repeatable=True, streamed=True)) as response:
            yield response

    def _answered(
        self, request: httpx.Request, *, repeatable: bool, streamed: bool
    ) -> httpx.Response:
        waited = 0.0
        while True:
            again = repeatable and waited < self._max_wait
            response = self._answer(request, repeatable=again, streamed=streamed)
            if response is not None and response.status_code not in _BUSY:
                return self._checked(response)
            pause = _pause(response, waited)
            if response is not None and waited + pause > self._max_wait:
                return self._checked(response)
            self._tell(None if response is None else api_error(response))
            self._sleep(pause)
            waited += pause

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
                pause = min(float(error.retry_after or 0), _LONGEST_PAUSE)
                if found.status not in _BUSY or waited + pause > self._max_wait:
                    raise self._as_failure(found) from error
                self._tell(found)
            self._sleep(pause)
            waited += pause

    def _answer(
        self, request: httpx.Request, *, repeatable: bool, streamed: bool
    ) -> httpx.Response | None:
        try:
            response = self._http.send(request, stream=streamed)
            if streamed and not response.is_success:
                response.read()
        except httpx.TransportError as error:
            # A server that never answered is more likely not there than starting again.
            if repeatable and self._reached:
                return None
            raise Failure(self._no_answer(error)) from error

        self._reached = True
        if streamed and response.is_success:
            return response
        # The stream refers back to its response: cut, so that bodies are freed at once.
        response.stream = httpx.ByteStream(b"")
        return response

    def _tell(self, busy: ApiError | None) -> None:
        """Say why nothing seems to happen, the first time."""
        if self._told:
            return
        self._told = True
        reason = "gave no answer" if busy is None else f"is busy ({busy.title})"
        most = f"for up to {self._max_wait:.0f} seconds each time"
        click.echo(f"{self.url} {reason}: trying again, {most}", err=True)

    def _no_answer(self, error: httpx.TransportError) -> str:
        reason = str(error) or type(error).__name__
        return f"no answer from {self.url}: {reason}"

    def _checked(self, response: httpx.Response) -> httpx.Response:
        if response.is_success:
            return response
        raise self._as_failure(api_error(response))

    def _as_failure(self, error: ApiError) -> click.ClickException:
        return Failure(self._no_access(error)) if error.status == 401 else error

    def _no_access(self, error: ApiError) -> str:
        if self._key is None:
            return f"{self.url} wants a key: {_HOW_TO_GIVE_A_KEY}"
        return f"{error.detail or error.title}: {_HOW_TO_GIVE_A_KEY}"


def _pause(response: httpx.Response | None, waited: float) -> float:
    """How long to wait: as asked for, else longer each time."""
    asked = "" if response is None else response.headers.get("Retry-After", "")
    if asked.isdigit():
        return min(max(float(asked), 0.1), _LONGEST_PAUSE)
    return min(max(0.5, waited), _LONGEST_PAUSE)


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's own."""
    host = httpx.URL(url).host
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
