"""Where notices may go: to public addresses alone, whatever name leads there."""

import socket
import threading
from typing import Any

import pytest

from callistics.alerts.guard import NotAllowedError, connected, is_public, post
from support.alerting import notified


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),  # noqa: S104
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
        *("::7f00:1", "::ffff:0:10.0.0.1", "64:ff9b:1::1", "fec0::1", "100:0:0:1::1", "5f00::1"),
        *("3fff::1", "192.88.99.1"),
    ],
)
def test_what_is_no_address_of_the_internet_at_large(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_what_is_one(address: str) -> None:
    assert is_public(address)


def named(*addresses: str) -> Any:
    """A name that leads to these addresses."""

    def find(_: str, port: int, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    return find


@pytest.mark.parametrize("url", ["http://inside.example/x", "https://inside.example:8443/x"])
def test_a_public_name_of_a_private_address_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", named("10.0.0.1", "127.0.0.1"))
    with pytest.raises(NotAllowedError, match="no public address"):
        post(url, b"{}", {}, private=False)


def test_it_connects_to_no_other_address_than_those_it_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[Any] = []

    def connect(_: socket.socket, address: Any) -> None:
        tried.append(address)
        raise OSError("nobody there")

    monkeypatch.setattr(socket, "getaddrinfo", named("127.0.0.1", "8.8.8.8", "192.168.0.1"))
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(OSError, match="nobody there"):
        connected("mixed.example", 443, private=False)
    assert tried == [("8.8.8.8", 443)]


def test_the_next_address_is_tried_where_one_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with notified() as webhook:
        port = webhook.server.server_port
        monkeypatch.setattr(socket, "getaddrinfo", named("127.0.0.2", "127.0.0.1"))
        monkeypatch.setattr(socket.socket, "connect", _refusing(socket.socket.connect))
        opened = connected("two.example", port, private=True)
        assert opened.getpeername() == ("127.0.0.1", port)
        opened.close()


def _refusing(connect: Any) -> Any:
    """Connects to any address but 127.0.0.2."""

    def chosen(opened: socket.socket, address: Any) -> None:
        if address[0] == "127.0.0.2":
            raise OSError("nobody there")
        connect(opened, address)

    return chosen


def test_no_redirect_is_followed() -> None:
    with notified() as webhook:
        webhook.statuses = [307]
        assert post(f"{webhook.url}/a?b=c", b"{}", {}, private=True) == 307
        assert len(webhook.came) == 1
        assert webhook.came[0][1] == b"{}"


def test_what_is_not_http_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)
        port = listening.getsockname()[1]

        def answer() -> None:
            opened, _ = listening.accept()
            with opened:
                opened.recv(65536)
                opened.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(OSError, match="no answer in HTTP"):
            post(f"http://127.0.0.1:{port}/", b"{}", {}, private=True)
        thread.join()
