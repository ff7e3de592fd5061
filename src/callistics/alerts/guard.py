"""Connections to webhooks: to public addresses alone, unless others are allowed.

The address is judged after the name was looked up, and it is the one that is connected to, so that
a name cannot mean one address when it is judged and another when it is used.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 15.0
"""So long a connection, and then the whole answer, may take."""
# All that was ever given out of version 6 to be reached from everywhere lies in here.
_GLOBAL_6 = ip_network("2000::/3")
# Of that, what leads to one of version 4, whatever that is, and examples; and, of version 4, what
# leads to version 6.
_NOT_PUBLIC = tuple(ip_network(one) for one in ("2002::/16", "3fff::/20", "192.88.99.0/24"))


class NotAllowedError(OSError):
    """The name leads to an address that notices may not be sent to."""


def is_public(text: str) -> bool:
    """Whether an address is one of the internet at large."""
    address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        address = mapped
    if address.is_multicast or any(address in one for one in _NOT_PUBLIC):
        return False
    return address.is_global and (address.version == 4 or address in _GLOBAL_6)


def is_allowed(host: str, *, private: bool) -> bool:
    """Whether a host may be notified, as far as that is known before its name is looked up."""
    if private or host == "localhost":
        return private
    try:
        return is_public(host)
    except ValueError:
        return True


def connected(host: str, port: int, *, private: bool) -> socket.socket:
    """A connection to the first address of a host that takes one. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = [one for one in found if private or is_public(str(one[4][0]))]
    if not allowed:
        raise NotAllowedError(
            f"{host} has no public address, and private ones are not allowed: the setting"
            " alert_private_addresses allows them"
        )
    failure = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in allowed:
        opened = socket.socket(family, kind, protocol)
        opened.settimeout(CONNECT_SECONDS)
        try:
            opened.connect(address)
        except OSError as error:
            opened.close()
            failure = error
            continue
        return opened
    raise failure


class _Plain(http.client.HTTPConnection):
    """Goes where `connected` does."""

    private = False

    def connect(self) -> None:
        """Connect."""
        self.sock = connected(self.host, self.port, private=self.private)


class _Secure(_Plain):
    """The same, and then TLS with the name that was asked for."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Connect."""
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        with _ended_after(self.sock, CONNECT_SECONDS):
            self.sock.do_handshake()


def post(url: str, body: bytes, headers: dict[str, str], *, private: bool) -> int:
    """The status of the answer to a POST; no redirect is followed. Raises `OSError`."""
    parts = urlsplit(url)
    kind = _Secure if parts.scheme == "https" else _Plain
    connection = kind(parts.hostname or "", parts.port)
    connection.private = private
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        with _ended_after(connection.sock, ANSWER_SECONDS):
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
    except http.client.HTTPException as error:
        raise OSError(f"no answer in HTTP: {type(error).__name__}") from error
    finally:
        connection.close()


@contextmanager
def _ended_after(opened: socket.socket, seconds: float) -> Generator[None]:
    """End a connection that takes longer, however often some bytes come."""

    def end() -> None:
        with suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)

    opened.settimeout(seconds)
    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
