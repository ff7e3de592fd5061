"""Reading whom an alert notifies: webhooks with a secret, addresses of mail."""

import base64
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from callistics.alerts.guard import is_allowed
from callistics.errors import Problem, invalid, malformed, pointer, unknown_names
from callistics.model.alerts import NotifyTarget
from callistics.model.json import as_list, as_object

KINDS = ("webhook", "email")
MOST_TARGETS, MOST_ADDRESSES = 10, 20
"""So many targets an alert may have, and so many addresses one of them."""
SECRET_PREFIX = "whsec_"  # noqa: S105
_SECRET_BYTES = (24, 64)
MAX_URL = 2_000
_ADDRESS = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,253}")
_UNPRINTABLE = re.compile(r"[^!-~]")


@dataclass(frozen=True, slots=True)
class Reachable:
    """Whether mail can be sent at all, and whether webhooks may be on private addresses."""

    mails: bool
    private: bool


def new_secret() -> str:
    """A secret to sign with, as Standard Webhooks writes one."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def secret_bytes(secret: str) -> bytes:
    """What is signed with. Raises `ValueError` where it is no secret."""
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)


def parse_targets(
    value: object, known: Sequence[NotifyTarget], problems: list[Problem], ways: Reachable
) -> tuple[NotifyTarget, ...]:
    """The targets; a webhook without a secret has that of a `known` one to the same address.

    What is known stays, whatever may be reached by now.
    """
    if value is None:
        return ()
    items = as_list(value)
    if items is None:
        problems.append(malformed("/notify", "must be a list of objects", value))
        return ()
    if len(items) > MOST_TARGETS:
        problems.append(invalid("/notify", f"has more than {MOST_TARGETS} elements"))
    before = {one.url: one.secret for one in known if one.url is not None}
    found: list[NotifyTarget] = []
    for place, item in enumerate(items):
        at, given = pointer("notify", place), as_object(item)
        if given is None or len(given) != 1 or not given.keys() <= set(KINDS):
            message = 'must be {"webhook": {"url"}} or {"email": {"to"}}'
            problems.append(malformed(at, message))
            continue
        ((kind, inner),) = given.items()
        inside = as_object(inner)
        if inside is None:
            problems.append(malformed(at + pointer(kind), "must be an object"))
        elif kind == "webhook":
            found.append(_webhook(f"{at}/webhook", inside, before, problems, ways))
        else:
            found.append(_email(f"{at}/email", inside, known, problems, mails=ways.mails))
    urls = [one.url for one in found if one.url is not None]
    if len(set(urls)) < len(urls):
        problems.append(invalid("/notify", "names one webhook twice"))
    return tuple(found)


def _unknown(
    at: str, given: Mapping[str, object], known: Sequence[str], problems: list[Problem]
) -> None:
    # Without the value: it may be a secret under a wrong name.
    for name, hint in unknown_names(given, known):
        problems.append(malformed(at + pointer(name), f"unknown field{hint}"))


def _webhook(
    at: str,
    given: Mapping[str, object],
    before: Mapping[str, str],
    problems: list[Problem],
    ways: Reachable,
) -> NotifyTarget:
    _unknown(at, given, ("url", "secret"), problems)
    url, secret = given.get("url"), given.get("secret")
    if not isinstance(url, str):
        problems.append(malformed(f"{at}/url", "required: a string", url))
        return NotifyTarget()
    wrong = _wrong_url(url)
    if not wrong and url not in before and not _is_allowed(url, ways):
        wrong = "is no public address: the setting alert_private_addresses allows others"
    if wrong:
        problems.append(invalid(f"{at}/url", wrong, url))
    if secret is None:
        return NotifyTarget(url, before.get(url) or new_secret())
    if not isinstance(secret, str):
        problems.append(malformed(f"{at}/secret", "must be a string"))
    elif not _is_secret(secret):
        message = (
            f"must be {SECRET_PREFIX} and then 24 to 64 bytes in base64; without it one is made"
        )
        problems.append(invalid(f"{at}/secret", message))
    return NotifyTarget(url, str(secret))


def _is_allowed(url: str, ways: Reachable) -> bool:
    return is_allowed(urlsplit(url).hostname or "", private=ways.private)


def _is_secret(text: str) -> bool:
    low, high = _SECRET_BYTES
    try:
        return low <= len(secret_bytes(text)) <= high
    except ValueError:
        return False


def _wrong_url(url: str) -> str | None:
    """What is wrong with the address of a webhook."""
    if len(url) > MAX_URL:
        return f"is longer than {MAX_URL:,} characters"
    if _UNPRINTABLE.search(url):
        return "must have no other characters than ASCII, and no white space"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is no address"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "must begin with https:// or http:// and name a host"
    if parts.username is not None or parts.password is not None:
        return "must not hold a user or a password"
    return "must not have a fragment" if parts.fragment else None


def _email(
    at: str,
    given: Mapping[str, object],
    known: Sequence[NotifyTarget],
    problems: list[Problem],
    *,
    mails: bool,
) -> NotifyTarget:
    _unknown(at, given, ("to",), problems)
    items = as_list(given.get("to"))
    texts = [item for item in items or () if isinstance(item, str)]
    if not mails and NotifyTarget(to=tuple(texts)) not in known:
        problems.append(invalid(at, "the server sends no mail: smtp_url and mail_from are not set"))
    if items is None or len(texts) < len(items):
        problems.append(malformed(f"{at}/to", "required: a list of strings"))
        return NotifyTarget()
    if not 1 <= len(texts) <= MOST_ADDRESSES:
        problems.append(invalid(f"{at}/to", f"must have 1 to {MOST_ADDRESSES} addresses"))
    for place, text in enumerate(texts):
        if not _ADDRESS.fullmatch(text):
            problems.append(invalid(f"{at}/to/{place}", "must be an address of mail", text))
    return NotifyTarget(to=tuple(texts))


def as_notified(target: NotifyTarget, notified: Sequence[NotifyTarget]) -> NotifyTarget | None:
    """A target as it is among those that are notified by now; None where it is not any more.

    A webhook has the secret of now; of addresses of mail those are left that are named still.
    """
    if target.url is not None:
        return next((one for one in notified if one.url == target.url), None)
    named = {address for one in notified for address in one.to}
    left = tuple(address for address in target.to if address in named)
    return NotifyTarget(to=left) if left else None


def shown_target(target: NotifyTarget, *, secret: bool) -> dict[str, object]:
    """A target as people may see it, its secret only where it is new."""
    if target.url is None:
        return {"email": {"to": list(target.to)}}
    shown = {"url": target.url, **({"secret": target.secret} if secret else {})}
    return {"webhook": shown}
