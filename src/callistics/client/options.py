"""Where a client talks to and how: given, else from the environment, else the defaults."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from math import inf
from typing import TypedDict

import httpx

from callistics import __version__
from callistics.client.errors import ClientError

URL, KEY = "CALLISTICS_URL", "CALLISTICS_KEY"
"""The environment variables, which those of the command line are too."""

DEFAULT_URL = "http://127.0.0.1:8000"
DEFAULT_TIMEOUT = 120.0
"""Seconds without a byte of the answer; the server's own time limits are shorter."""
DEFAULT_RETRIES = 2
_CONNECT = 5.0
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Options:
    """What a client was made with. `timeout` is in seconds, None for ever."""

    url: str
    key: str | None = field(default=None, repr=False)
    timeout: float | None = DEFAULT_TIMEOUT
    max_retries: int = DEFAULT_RETRIES
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    agent: str = f"callistics-python/{__version__}"

    @property
    def sent_headers(self) -> dict[str, str]:
        """The headers of every request."""
        # A key that is read from a file ends with the end of its line.
        key = {} if self.key is None else {"Authorization": f"Bearer {self.key.strip()}"}
        return {"User-Agent": self.agent, **key, **self.headers}

    @property
    def limits(self) -> httpx.Timeout:
        """How long is waited for what."""
        shortest = _CONNECT if self.timeout is None else min(self.timeout, _CONNECT)
        return httpx.Timeout(self.timeout, connect=shortest)


def read_options(
    url: str | None,
    key: str | None,
    timeout: float | None,
    max_retries: int,
    headers: Mapping[str, str] | None,
) -> Options:
    """The options; an empty variable is as good as none. Raises `ClientError`."""
    chosen = url or os.environ.get(URL) or DEFAULT_URL
    check_url(chosen)
    used = key or os.environ.get(KEY) or None
    return _checked(Options(chosen.rstrip("/"), used, timeout, max_retries, dict(headers or {})))


class Changes(TypedDict, total=False):
    """Options that a client is to have instead of its own; `headers` are added to them."""

    key: str | None
    timeout: float | None
    max_retries: int
    headers: Mapping[str, str]


def changed(options: Options, changes: Changes) -> Options:
    """The options with those that are given. Raises `ClientError`."""
    headers = {**options.headers, **changes.get("headers", {})}
    return _checked(replace(options, **{**changes, "headers": headers}))


def _checked(options: Options) -> Options:
    if options.max_retries < 0:
        raise ClientError("max_retries must be 0 or more")
    if options.timeout is not None and not 0 < options.timeout < inf:
        raise ClientError("timeout must be above 0 seconds, or None for ever")
    return options


def check_url(url: str) -> None:
    """Raises `ClientError` for what is no address of a server."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ClientError(f"{url}: {error}") from None
    if parsed.userinfo:
        raise ClientError("an address has no user and password: give an access key of the server")
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ClientError(f"{url}: must look like {DEFAULT_URL}")
    if parsed.query or parsed.fragment or (parsed.port or 0) > _LAST_PORT:
        raise ClientError(f"{url}: must end with the port, or a path, as {DEFAULT_URL} does")


def verifying(url: str, certificate: str | None = None) -> ssl.SSLContext | bool:
    """How the certificate of a server is checked.

    That of this machine's own server is the file `certificate`, where one is given, whatever names
    are in it; others are checked as usual, `SSL_CERT_FILE` being heeded at every address.
    Without TLS, on this machine, where no proxy is asked, none is trusted.
    """
    if httpx.URL(url).scheme != "https":
        # To load the certificates that are trusted takes longer than many an answer.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if is_loopback(url) else True
    if certificate is None or not is_loopback(url):
        return httpx.create_ssl_context()
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    # The file may end with a certificate that another one signed.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's own."""
    host = httpx.URL(url).host
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
