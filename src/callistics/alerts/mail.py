"""Sending a notice by mail."""

import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from callistics.alerts.webhook import NotDeliveredError
from callistics.model.alerts import Delivery
from callistics.model.instants import naive
from callistics.model.json import decode_canonical

_TIMEOUT = 15.0
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends from an address through a server, `smtp://user:password@host:587` or `smtps://…`."""

    url: str
    sender: str

    def send(self, delivery: Delivery) -> None:
        """Send a notice. Raises `NotDeliveredError`."""
        try:
            with self._connected() as server:
                server.send_message(self.message(delivery))
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            final = all(500 <= code < 600 for code in codes)
            raise NotDeliveredError(
                "the mail server took none of the addresses", final=final
            ) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise NotDeliveredError(f"the mail server: {type(error).__name__}") from error

    def _connected(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=_TIMEOUT)
        try:
            _secure(server, parts.scheme, context)
            if parts.username is not None:
                _require_secrecy(server, host)
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def message(self, delivery: Delivery) -> EmailMessage:
        """The mail; sent once more it has the same id."""
        found: Any = decode_canonical(delivery.body)
        data = found["data"]
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = ", ".join(delivery.target.to)
        message["Date"] = format_datetime(naive(delivery.made_at).replace(tzinfo=UTC))
        message["Message-ID"] = f"<{delivery.id}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Subject"] = subject_of(data)
        message.set_content("\n".join(lines_of(data)) + "\n")
        return message


def _secure(server: smtplib.SMTP, scheme: str, context: ssl.SSLContext) -> None:
    """Go over to TLS where the server offers it."""
    if scheme == "smtp":
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)


def _require_secrecy(server: smtplib.SMTP, host: str) -> None:
    """A password goes out in clear text on this machine alone."""
    secret = isinstance(server.sock, ssl.SSLSocket)
    if not secret and host not in ("localhost", "127.0.0.1", "::1"):
        raise smtplib.SMTPNotSupportedError("it offers no TLS: the password is not sent")


def subject_of(data: Mapping[str, Any]) -> str:
    """What a mail is about, in a line."""
    mark = "[test] " if data["test"] else ""
    return f"{mark}{data['alert']['name']}: {_word(data['state'])}"


def _word(state: str) -> str:
    return state.replace("_", " ")


def lines_of(data: Mapping[str, Any]) -> list[str]:
    """The text of a mail, line by line."""
    lines = [f"{data['alert']['name']} is {_word(data['state'])}.", ""]
    if data["test"]:
        lines = ["This is a test: nothing happened.", "", *lines]
    lines += [_change(data["field"], one) for one in data["changes"]]
    if data["changes_left_out"]:
        lines.append(f"and {data['changes_left_out']:,} changes before these.")
    lines += ["", f"Condition: {condition_text(data['field'], data['condition'])}"]
    lines += [f"Dashboard: {data['link']}"]
    calls: Sequence[Mapping[str, Any]] = data["calls"]
    if calls:
        lines += ["", "Calls behind it, the newest first:"]
        lines += [
            f"  {one['started_at']}  {one['call_id']}  ({one['merchant_id']})" for one in calls
        ]
    # A text of a record may have line breaks, and is to be no line of its own.
    return [" ".join(line.splitlines()) for line in lines]


def _change(field: str, change: Mapping[str, Any]) -> str:
    group = ", ".join(f"{name} {value}" for name, value in change["group"].items())
    of = f"{group}: " if group else ""
    span = f"{change['buckets']['from']} to {change['buckets']['to']}"
    figure = f"{field} {_figure(change['value'])}"
    if change["previous"] is not None:
        figure += f", before {_figure(change['previous'])}"
    why = f" ({change['error']})" if change["error"] else f", {figure}"
    return f"- {of}{_word(change['from'])} to {_word(change['to'])}{why}, {span}"


def _figure(value: object) -> str:
    return "none" if value is None else str(value)


def condition_text(field: str, condition: Mapping[str, Any]) -> str:
    """A condition in words."""
    if "op" in condition:
        return f"{field} {_word(condition['op'])} {condition['value']}"
    against = _word(condition["versus"])
    return f"{field} {condition['percent']} % {condition['change']} the {against}"
