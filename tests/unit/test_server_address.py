"""The addresses of a server, for who opens them."""

import pytest

from callistics.server.address import listening_url, local_url
from callistics.settings import Settings


@pytest.mark.parametrize(
    ("host", "listening", "local"),
    [
        ("10.1.2.3", "10.1.2.3", "10.1.2.3"),
        ("calls.example", "calls.example", "calls.example"),
        ("0.0.0.0", "0.0.0.0", "127.0.0.1"),  # noqa: S104
        ("::", "[::]", "127.0.0.1"),
        ("::1", "[::1]", "[::1]"),
    ],
)
@pytest.mark.parametrize(("certificate", "scheme"), [(None, "http"), ("cert.pem", "https")])
def test_an_address_has_its_scheme_and_a_host_that_answers(
    certificate: str | None, scheme: str, host: str, listening: str, local: str
) -> None:
    settings = Settings(host=host, port=8443, tls_cert=certificate)
    assert listening_url(settings) == f"{scheme}://{listening}:8443"
    assert local_url(settings) == f"{scheme}://{local}:8443"
