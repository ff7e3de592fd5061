"""Sending requests over httpx, again where that helps: the two ways, and the rule they share."""

import asyncio
import os
import re
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import httpx

from callistics.client.errors import ClientError, NoAnswerError, NoAnswerInTimeError, status_error
from callistics.client.options import Options, is_loopback, verifying
from callistics.client.requests import Flow, Request, T
from callistics.client.retries import Outcome, Retrying, Tries

OnPause = Callable[[Outcome], None]
Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~\w-]+", re.ASCII)
_HEADER = re.compile(r"[!-~]*(?:[ \t]+[!-~]+)*", re.ASCII)
# A request that is cancelled at its first step keeps its place among those that a pool may open
# (httpcore 1.0.9): with a limit none would be left in the end, and no request be sent any more.
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)
# A host or a query that no address can have; a client that was closed.
_UNSENT = (httpx.InvalidURL, UnicodeError, RuntimeError)


class _Base:
    """What is the same for both: building requests, and what their outcome means."""

    def __init__(
        self, options: Options, retrying: Retrying | None = None, on_pause: OnPause | None = None
    ) -> None:
        self.options = options
        self._retrying = retrying or Retrying(times=options.max_retries)
        self._on_pause = on_pause
        self._reached = False

    def _tries(self, request: Request[Any]) -> Tries:
        return Tries(self._retrying, repeatable=request.repeatable, reached=self._reached)

    def _arguments(self, request: Request[Any]) -> dict[str, Any]:
        """How a request is sent. Raises `ClientError` where it cannot be."""
        headers = {**self.options.sent_headers, **request.headers}
        wrong = next((name for name in headers if not _fits(name, headers[name])), None)
        if wrong is not None:
            # Not what is in it: it may be a key.
            raise ClientError(f"{wrong}: has a character that no header can have")
        return {
            "method": request.method,
            "url": self.options.url + request.path,
            "content": request.content,
            "headers": headers,
            "params": dict(request.params) or None,
            "timeout": self.options.limits,
        }

    def _pause(self, tries: Tries, outcome: Outcome) -> float | None:
        """Seconds until the next try, None where the outcome is the last."""
        if isinstance(outcome, httpx.Response):
            self._reached = True
        pause = tries.pause(outcome)
        if pause is not None and self._on_pause is not None:
            self._on_pause(outcome)
        return pause

    def _answered(self, outcome: Outcome) -> httpx.Response:
        """The answer, if it is 2xx. Raises `NoAnswerError` or `StatusError`."""
        if isinstance(outcome, httpx.Response):
            if not outcome.is_success:
                raise status_error(outcome)
            return outcome
        raise self.lost(outcome) from outcome

    def lost(self, error: httpx.RequestError) -> NoAnswerError:
        """The error for an answer that did not come, or not whole."""
        reason = str(error) or type(error).__name__
        kind = NoAnswerInTimeError if isinstance(error, httpx.TimeoutException) else NoAnswerError
        return kind(f"no answer from {self.options.url}: {reason}")

    def _unsent(self, error: Exception, *, closed: bool) -> ClientError:
        """The error for a request that could not be made of what was given."""
        if closed:
            return ClientError("the client was closed: make another one")
        if isinstance(error, RuntimeError):
            # Of asyncio, whose loop is another one now, or closed.
            return ClientError(f"{error}: an AsyncClient belongs to one event loop")
        return ClientError(f"{self.options.url}: {error}")


def _fits(name: str, value: str) -> bool:
    return bool(_HEADER_NAME.fullmatch(name) and _HEADER.fullmatch(value))


def opened(
    kind: Callable[..., Http],
    url: str,
    *,
    transport: httpx.BaseTransport | None = None,
    certificate: str | None = None,
) -> Http:
    """Connections to a server, by the proxies of the environment. Raises `ClientError`."""
    proxied = not is_loopback(url)
    try:
        verify = verifying(url, certificate)
        return kind(transport=transport, trust_env=proxied, verify=verify, limits=_LIMITS)
    except OSError as error:
        raise ClientError(
            f"the certificates to trust cannot be read: {error} (see SSL_CERT_FILE)"
        ) from error
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise ClientError(
            f"the proxy that the environment names cannot be used: {error} (see HTTP_PROXY,"
            " HTTPS_PROXY, ALL_PROXY and NO_PROXY)"
        ) from error


class Connections(Generic[Http]):
    """The connections of this process: others after a fork.

    Two processes on one connection would read each other's answers. What was `given` is not ours
    to make again.
    """

    def __init__(self, kind: Callable[..., Http], url: str, given: Http | None = None) -> None:
        self._kind, self._url, self._given = kind, url, given is not None
        self.http: Http = opened(kind, url) if given is None else given
        self._process = os.getpid()

    def here(self) -> Http:
        """Those to use. Raises `ClientError` where none can be made."""
        if self._process != os.getpid() and not self.http.is_closed:
            if self._given:
                raise ClientError(
                    "http_client was made before this process was forked: make a client in each"
                )
            self.http, self._process = opened(self._kind, self._url), os.getpid()
        return self.http


def _connections(
    kind: Callable[..., Http], url: str, http: Http | Connections[Http] | None
) -> Connections[Http]:
    """Those of another client, or new ones."""
    return http if isinstance(http, Connections) else Connections(kind, url, http)


class Transport(_Base):
    """Sends requests and waits for them, from any thread."""

    def __init__(
        self,
        options: Options,
        http: httpx.Client | Connections[httpx.Client] | None = None,
        *,
        retrying: Retrying | None = None,
        on_pause: OnPause | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(options, retrying, on_pause)
        self._connections = _connections(httpx.Client, options.url, http)
        self._sleep = sleep

    def again(self, options: Options) -> "Transport":
        """The same connections with other options."""
        return Transport(options, self._connections, sleep=self._sleep)

    def close(self) -> None:
        """Close the connections."""
        self._connections.http.close()

    def run(self, flow: Flow[T]) -> T:
        """What a flow comes to. Raises what it does."""
        try:
            request = next(flow)
            while True:
                try:
                    found = self.send(request)
                except Exception as error:  # noqa: BLE001 - the flow decides what it means
                    request = flow.throw(error)
                else:
                    request = flow.send(found)
        except StopIteration as end:
            result: T = end.value
            return result

    def send(self, request: Request[T]) -> T:
        """What the answer is read as. Raises `ClientError`."""
        return request.read(self.answer(request))

    def answer(self, request: Request[Any]) -> httpx.Response:
        """The answer itself, if it is 2xx. Raises `ClientError`."""
        response = self._last(request, streamed=False)
        # The stream refers back to its response: cut, so that bodies are freed at once.
        response.stream = httpx.ByteStream(b"")
        return response

    @contextmanager
    def streamed(self, request: Request[Any]) -> Generator[httpx.Response]:
        """The answer, its body still to come. Raises `ClientError`, also where reading is cut."""
        response = self._last(request, streamed=True)
        try:
            yield response
        except httpx.RequestError as error:
            raise self.lost(error) from error
        finally:
            response.close()

    def _last(self, request: Request[Any], *, streamed: bool) -> httpx.Response:
        tries = self._tries(request)
        while True:
            outcome = self._once(request, streamed=streamed)
            pause = self._pause(tries, outcome)
            if pause is None:
                return self._answered(outcome)
            self._sleep(pause)

    def _once(self, request: Request[Any], *, streamed: bool) -> Outcome:
        http = self._connections.here()
        try:
            built = http.build_request(**self._arguments(request))
            response = http.send(built, stream=streamed)
            if streamed and not response.is_success:
                response.read()
        except httpx.RequestError as error:
            return error
        except _UNSENT as error:
            raise self._unsent(error, closed=http.is_closed) from error
        return response


class AsyncTransport(_Base):
    """The same for asyncio."""

    def __init__(
        self,
        options: Options,
        http: httpx.AsyncClient | Connections[httpx.AsyncClient] | None = None,
        *,
        retrying: Retrying | None = None,
        on_pause: OnPause | None = None,
    ) -> None:
        super().__init__(options, retrying, on_pause)
        self._connections = _connections(httpx.AsyncClient, options.url, http)

    def again(self, options: Options) -> "AsyncTransport":
        """The same connections with other options."""
        return AsyncTransport(options, self._connections)

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.http.aclose()

    async def run(self, flow: Flow[T]) -> T:
        """What a flow comes to. Raises what it does."""
        try:
            request = next(flow)
            while True:
                try:
                    found = await self.send(request)
                except Exception as error:  # noqa: BLE001 - the flow decides what it means
                    request = flow.throw(error)
                else:
                    request = flow.send(found)
        except StopIteration as end:
            result: T = end.value
            return result

    async def send(self, request: Request[T]) -> T:
        """What the answer is read as. Raises `ClientError`."""
        return request.read(self._answered(await self._last(request)))

    async def _last(self, request: Request[Any]) -> Outcome:
        tries = self._tries(request)
        while True:
            outcome = await self._once(request)
            pause = self._pause(tries, outcome)
            if pause is None:
                return outcome
            await asyncio.sleep(pause)

    async def _once(self, request: Request[Any]) -> Outcome:
        http = self._connections.here()
        try:
            return await http.request(**self._arguments(request))
        except httpx.RequestError as error:
            return error
        except _UNSENT as error:
            raise self._unsent(error, closed=http.is_closed) from error
