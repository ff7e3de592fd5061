"""The addresses of a server, as its settings give them."""

from callistics.settings import Settings

_ANYWHERE = ("0.0.0.0", "::", "")  # noqa: S104


def listening_url(settings: Settings) -> str:
    """Where the server listens; the host may stand for every address of the machine."""
    return _url(settings, settings.host)


def local_url(settings: Settings) -> str:
    """Where the server answers on its own machine."""
    return _url(settings, "127.0.0.1" if settings.host in _ANYWHERE else settings.host)


def in_url(host: str) -> str:
    """A host as it stands in an address: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def _url(settings: Settings, host: str) -> str:
    scheme = "http" if settings.tls_cert is None else "https"
    return f"{scheme}://{in_url(host)}:{settings.port}"
