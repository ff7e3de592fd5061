"""How the values of settings are read: from TOML as they are, from the environment as text.

Each function returns the value or raises `ValueError` with what it must be.
"""

import json
import re
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from callistics.texts import limited
from callistics.timezones import zone_names

Parse = Callable[[object], Any]


def as_text(value: object) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty")
    return value.strip()


def as_id(value: object) -> str:
    """An id that a record may have."""
    return _recorded(as_text(value))


def _recorded(text: str) -> str:
    """A text that a record may have. Bytes of the environment that are no UTF-8 are none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must be UTF-8") from None
    return limited(text)


def as_whole(low: int, high: int) -> Parse:
    """Whole numbers of a range, both ends included."""

    def parse(value: object) -> int:
        try:
            number = int(value) if isinstance(value, str | int) else None
        except ValueError:
            number = None
        if number is None or isinstance(value, bool) or not low <= number <= high:
            raise ValueError(f"must be a whole number from {low:,} to {high:,}")
        return number

    return parse


def as_number(low: float, high: float) -> Parse:
    """Numbers of a range, both ends included."""

    def parse(value: object) -> float:
        try:
            number = float(value) if isinstance(value, str | int | float) else None
        except ValueError:
            number = None
        if number is None or not low <= number <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}")
        return number

    return parse


def as_choice(*choices: str) -> Parse:
    """One of a few words."""

    def parse(value: object) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return str(value)

    return parse


_FLAGS = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def as_flag(value: object) -> bool:
    """True or false, also as the words people use for them."""
    found = value if isinstance(value, bool) else _FLAGS.get(str(value).strip().lower())
    if found is None:
        raise ValueError("must be true or false")
    return found


def as_names(value: object) -> tuple[str, ...] | None:
    """A list, as a TOML or JSON array or separated by commas; an empty one is "not set"."""
    return _list(value) or None


def as_file(value: object) -> str | None:
    """The path of a file that can be read; nothing for an empty text."""
    if value == "":
        return None
    path = as_text(value)
    try:
        with Path(path).open("rb"):
            return path
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None


def pair_problems(certificate: str | None, key: str | None) -> list[str]:
    """What is wrong with the files of a certificate and its private key, both of which may lack."""
    if certificate is None or key is None:
        return [] if certificate == key else ["tls_cert and tls_key: give both or none"]
    # Loaded here: most servers and commands need none of it.
    import ssl  # noqa: PLC0415

    try:
        # With no passphrase: else one would be asked for at the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, lambda: "")
    except (OSError, ValueError) as error:
        return [f"tls_cert and tls_key: {getattr(error, 'reason', None) or error}"]
    return []


def as_networks(value: object) -> tuple[str, ...]:
    """A list of addresses and networks."""
    networks = _list(value)
    for one in networks:
        try:
            ip_network(one)
        except ValueError:
            raise ValueError(
                f"must be addresses such as 10.0.0.1 or 10.0.0.0/8, not {one}"
            ) from None
    return networks


def as_success(value: object) -> tuple[str, ...] | None:
    """A list of outcomes; an empty one is "not set"."""
    return _outcomes(value) or None


def as_unreached(value: object) -> tuple[str, ...] | None:
    """A list of outcomes; an empty array is none at all, an empty text is "not set"."""
    outcomes = _outcomes(value)
    return None if isinstance(value, str) and not value.strip() else outcomes


def _outcomes(value: object) -> tuple[str, ...]:
    names = _list(value)
    for name in names:
        if not any(map(str.isalnum, name)):
            raise ValueError(f"must name outcomes by letters or digits, not by {name!r}")
    return names


def _list(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = json.loads(value) if value.lstrip().startswith("[") else value.split(",")
    items = cast("list[object]", value) if isinstance(value, list) else None
    texts = [item.strip() for item in items or () if isinstance(item, str)]
    if items is None or len(texts) < len(items):
        raise ValueError("must be a list of texts, such as new,contacted,converted")
    names = tuple(_recorded(text) for text in texts if text)
    if len(set(names)) < len(names):
        raise ValueError("must not name anything twice")
    return names


def as_public_url(value: object) -> str:
    """An address of a server, with a path where it lies below one; without a slash at its end."""
    text = as_text(value).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://calls.example")
    return text


_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")


def is_origin(text: str) -> bool:
    """Whether a text is an origin as browsers send it."""
    return _ORIGIN.fullmatch(text) is not None


def as_origins(value: object) -> tuple[str, ...] | None:
    """Origins as browsers send them: scheme, host and port alone, in lower case."""
    names = as_names(value)
    for name in names or ():
        if name != "*" and not is_origin(name):
            raise ValueError(
                "must be origins such as https://dashboard.example, in lower case and without a"
                " path, or * for all"
            )
    if names and "*" in names and len(names) > 1:
        raise ValueError("must not name others beside *")
    return names


def as_stage_lists(value: object) -> dict[str, tuple[str, ...]]:
    """A list of stages for each template: a TOML table or a JSON object."""
    if isinstance(value, str):
        value = json.loads(value)
    if not isinstance(value, dict):
        raise ValueError('must be an object such as {"tpl_1": ["new", "converted"]}')
    lists = {
        _recorded(name): as_names(stages)
        for name, stages in cast("dict[str, object]", value).items()
    }
    return {name: stages for name, stages in lists.items() if stages}


def as_days_by_id(value: object) -> dict[str, int]:
    """Days for each of some merchants: a TOML table or a JSON object."""
    if isinstance(value, str):
        value = json.loads(value)
    if not isinstance(value, dict):
        raise ValueError('must be an object such as {"mer_1": 365}')
    days = as_whole(0, 36_500)
    return {_recorded(name): days(one) for name, one in cast("dict[str, object]", value).items()}


def as_zone(value: object) -> str:
    """An IANA time zone."""
    if not isinstance(value, str) or value not in zone_names():
        raise ValueError("must be an IANA time zone such as Europe/Lisbon")
    return str(value)


def as_size(value: object) -> str:
    """An amount of memory, such as 4GB or 50%."""
    text = as_text(value).upper().replace(" ", "")
    number = text.rstrip("KMGTIB%")
    if not number.replace(".", "", 1).isdigit() or number == text:
        raise ValueError("must be a size such as 4GB")
    return text


def as_admin_key(value: object) -> str:
    """A key that is long enough not to be guessed."""
    text = as_text(value)
    if len(text) < 16:
        raise ValueError("must have at least 16 characters")
    return text


def as_smtp_url(value: object) -> str:
    """The address of a server for mail."""
    text = as_text(value)
    parts = urlsplit(text)
    wrong = parts.query or parts.fragment or parts.path.strip("/")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or wrong or parts.port == 0:
        raise ValueError("must be an address such as smtp://user:password@mail.example:587")
    return text


def as_mail_address(value: object) -> str:
    """An address of mail."""
    text = as_text(value)
    name, _, host = text.rpartition("@")
    if not name or not host or not text.isascii() or any(one in text for one in ' ,;<>"\r\n'):
        raise ValueError("must be an address such as alerts@calls.example")
    return text
