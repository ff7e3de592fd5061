"""Whether a port can be listened on, asked before the server is started."""

import errno
import socket

from callistics.cli.root import Failure

_NEXT_PORTS = 100


def ensure_free(host: str, port: int) -> None:
    """Raises `Failure` with a sentence if the address cannot be listened on."""
    error = _try(host, port)
    if error is not None:
        raise Failure(cannot_listen(host, port, error))


def first_free(host: str, port: int) -> int:
    """The port, or the next one above it that is free. Raises `Failure` if none is."""
    for candidate in range(port, min(port + _NEXT_PORTS, 65_536)):
        error = _try(host, candidate)
        if error is None:
            return candidate
        if error.errno != errno.EADDRINUSE:
            raise Failure(cannot_listen(host, candidate, error))
    raise Failure(f"no free port from {port} on; give one with --port")


def _try(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # Connections of a server stopped just now linger; they do not keep a new one out.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return error
    return None


def cannot_listen(host: str, port: int, error: OSError, option: str = "--port") -> str:
    """Why an address cannot be listened on, and the option that names another."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken by another program; choose one with {option}"
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights than this user has; choose one above 1023"
    return f"cannot listen on {host}:{port}: {error.strerror or error}"
