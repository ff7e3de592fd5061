"""Serving over TLS by two settings: what answers, and how commands and clients reach it."""

import ssl
from pathlib import Path

import httpx
import pytest

from callistics import AsyncClient, Client
from callistics.client.errors import NoAnswerError
from callistics.client.options import verifying
from callistics.errors import SettingsError
from callistics.settings import load_settings
from support.asynchronous import finished
from support.certificates import self_signed
from support.live import ADMIN_KEY, live

from .conftest import Run


def test_commands_and_clients_speak_https(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = self_signed(folder, "own", ["127.0.0.1"])
    files = {"CALLISTICS_TLS_CERT": str(pair.certificate), "CALLISTICS_TLS_KEY": str(pair.key)}
    with live(folder, **files) as server:
        answer = server.client.get("/health/live")
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        made = server.client.post(
            "/webhook-endpoints",
            json={"source": "vapi", "merchant_id": "m", "reseller_id": "r", "secret": "s"},
        )
        assert made.json()["url"].startswith(server.url)
        # Whoever does not know the certificate does not talk to the server.
        with pytest.raises(NoAnswerError, match=r"(?i)certificate"):
            Client(server.url, ADMIN_KEY, max_retries=0).list_keys()
        with pytest.raises(httpx.HTTPError):
            httpx.get(server.url.replace("https", "http"), trust_env=False)
        # Beside the server its own settings say which it is.
        monkeypatch.setenv("CALLISTICS_PORT", server.url.rpartition(":")[2])
        monkeypatch.setenv("CALLISTICS_ADMIN_KEY", ADMIN_KEY)
        for name, value in files.items():
            monkeypatch.setenv(name, value)
        assert "first admin key" in run("keys", "list").stdout
        assert f"{server.url} answers" in run("doctor", code=None).output
        assert run("health").output == "ready\n"
        for name in files:
            monkeypatch.delenv(name)
        # Elsewhere the usual variable does.
        monkeypatch.setenv("SSL_CERT_FILE", str(pair.certificate))
        with Client(server.url, ADMIN_KEY) as client:
            assert len(client.list_keys()) == 1
        assert "first admin key" in run("keys", "list", "--url", server.url).stdout
        finished(ask(server.url))


async def ask(url: str) -> None:
    async with AsyncClient(url, ADMIN_KEY) as client:
        assert len(await client.list_keys()) == 1


def test_the_own_certificate_alone_is_trusted_whatever_names_it_has(tmp_path: Path) -> None:
    own = self_signed(tmp_path, "own", ["calls.example"])
    context = verifying("https://127.0.0.1:1", str(own.certificate))
    assert isinstance(context, ssl.SSLContext)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert not context.check_hostname
    assert len(context.get_ca_certs()) == 1
    # No other machine may use it, and none of its names count for another.
    elsewhere = verifying("https://calls.example", str(own.certificate))
    assert isinstance(elsewhere, ssl.SSLContext)
    assert elsewhere.check_hostname
    assert verifying("http://calls.example", str(own.certificate)) is True


def test_without_tls_no_certificate_is_trusted_nor_loaded() -> None:
    context = verifying("http://127.0.0.1:1")
    assert isinstance(context, ssl.SSLContext)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.get_ca_certs() == []


def refused(**settings: object) -> str:
    given = {f"CALLISTICS_{name.upper()}": str(value) for name, value in settings.items()}
    with pytest.raises(SettingsError) as caught:
        load_settings(given)
    return str(caught.value)


def test_wrong_files_are_refused_with_a_sentence(tmp_path: Path) -> None:
    own, other = self_signed(tmp_path, "own"), self_signed(tmp_path, "other")
    locked = self_signed(tmp_path, "locked", passphrase=b"secret")
    assert "give both or none" in refused(tls_cert=own.certificate)
    assert "give both or none" in refused(tls_key=own.key)
    missing = tmp_path / "missing.pem"
    assert "cannot be read: No such file" in refused(tls_cert=missing, tls_key=own.key)
    assert "tls_cert and tls_key: " in refused(tls_cert=own.certificate, tls_key=other.key)
    assert "tls_cert and tls_key: " in refused(tls_cert=own.key, tls_key=own.key)
    assert "tls_cert and tls_key: " in refused(tls_cert=locked.certificate, tls_key=locked.key)
    found = load_settings(
        {"CALLISTICS_TLS_CERT": str(own.certificate), "CALLISTICS_TLS_KEY": str(own.key)}
    )
    assert found.tls_cert == str(own.certificate)
