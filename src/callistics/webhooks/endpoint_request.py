"""The bodies of `POST /webhook-endpoints` and `PATCH /webhook-endpoints/{id}`, checked whole."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_network

from callistics.access.keyring import hash_secret
from callistics.errors import (
    NOTHING,
    Problem,
    Refused,
    did_you_mean,
    forbidden,
    invalid,
    malformed,
    pointer,
)
from callistics.model.bodies import Object, read_object, read_texts, unknown_fields
from callistics.model.scope import Scope
from callistics.model.webhooks import StoredEndpoint
from callistics.texts import limited
from callistics.webhooks.endpoints import new_endpoint_id
from callistics.webhooks.platforms import Platform, platforms

FIELDS = (
    *("source", "merchant_id", "merchant_from", "reseller_id", "reseller_from", "template_from"),
    *("secret", "second_secret", "payload_keep", "addresses"),
)
PATCHED = FIELDS[1:]
_NAMES = FIELDS[1:6]
MAX_ITEMS = 50
_KEY_BYTES = 32


def parse_endpoint_request(
    body: bytes, creator: Scope, token: str, now: int, default_reseller: str | None
) -> StoredEndpoint:
    """The endpoint that a body asks for. Raises `Refused` with every problem.

    `default_reseller` is that of records that name none.
    """
    given = read_object(body)
    problems = unknown_fields(given, FIELDS)
    names = {name: _text(given, name, problems) for name in _NAMES}
    platform = _platform(given, problems)
    _check_tenants(given, names, default_reseller, problems)
    _check_scope(names, creator, problems)
    made = StoredEndpoint(
        id=new_endpoint_id(),
        token_hash=hash_secret(token),
        source="" if platform is None else platform.name,
        scope=creator,
        merchant_id=names["merchant_id"],
        merchant_from=names["merchant_from"],
        reseller_id=names["reseller_id"],
        reseller_from=names["reseller_from"],
        template_from=names["template_from"],
        secrets=_secrets(given, (None, None), platform, problems),
        payload_keep=_items(given, "payload_keep", problems),
        addresses=_addresses(given, problems),
        created_at=now,
    )
    if problems:
        raise Refused(problems)
    return made


def parse_endpoint_patch(
    body: bytes, before: StoredEndpoint, default_reseller: str | None
) -> StoredEndpoint:
    """The endpoint with what a body changes; null takes a value away.

    A tenant that is named, or its path, takes the place of the other. Raises `Refused`.
    """
    given = read_object(body)
    problems = unknown_fields(given, PATCHED)
    if not given:
        problems.append(malformed("", f"nothing is changed: give some of {', '.join(PATCHED)}"))
    whole = {name: value for name in _NAMES if (value := _tenant(given, before, name)) is not None}
    names = {name: _text(whole, name, problems) for name in _NAMES}
    _check_tenants(whole, names, default_reseller, problems)
    _check_scope(names, before.scope, problems)
    known = (*before.secrets, None, None)[:2]
    secrets = _secrets(given, known, platforms().get(before.source), problems)
    changed = replace(before, secrets=secrets, **names)
    if "payload_keep" in given:
        changed = replace(changed, payload_keep=_items(given, "payload_keep", problems))
    if "addresses" in given:
        changed = replace(changed, addresses=_addresses(given, problems))
    if problems:
        raise Refused(problems)
    return changed


def _tenant(given: Object, before: StoredEndpoint, name: str) -> object:
    """A tenant, or the path of one, as it is now."""
    kind, _, way = name.partition("_")
    other = f"{kind}_from" if way == "id" else f"{kind}_id"
    if name in given:
        return given[name]
    return None if given.get(other) is not None else getattr(before, name)


def _platform(given: Object, problems: list[Problem]) -> Platform | None:
    name = given.get("source")
    known = platforms()
    if isinstance(name, str) and name in known:
        return known[name]
    listed = ", ".join(known)
    if not isinstance(name, str):
        problems.append(malformed("/source", f"required: one of {listed}", _sent(given, "source")))
    else:
        hint = did_you_mean(name, known)
        problems.append(invalid("/source", f"must be one of {listed}{hint}", name))
    return None


def _sent(given: Object, name: str) -> object:
    return given.get(name, NOTHING)


def _text(given: Object, name: str, problems: list[Problem]) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        problems.append(malformed(pointer(name), "must be a string", value))
        return None
    try:
        if not value.strip():
            raise ValueError("must not be empty")
        return limited(value)
    except ValueError as error:
        problems.append(invalid(pointer(name), str(error), value))
        return None


def _check_tenants(
    given: Object, names: Mapping[str, str | None], default: str | None, problems: list[Problem]
) -> None:
    """Each tenant is named once: here, or by a path in the bodies."""
    for kind in ("merchant", "reseller"):
        fields = (f"{kind}_id", f"{kind}_from")
        number = sum(given.get(name) is not None for name in fields)
        if number > 1:
            message = f"{fields[0]} and {fields[1]} exclude each other"
            problems.append(invalid(pointer(fields[1]), message, names[fields[1]]))
        elif number == 0 and (kind == "merchant" or default is None):
            because = "" if kind == "merchant" else ": default_reseller_id is not set"
            message = f"required, or {fields[1]}, the path of one in the body{because}"
            problems.append(invalid(pointer(fields[0]), message))


def _check_scope(names: Mapping[str, str | None], scope: Scope, problems: list[Problem]) -> None:
    for name, allowed in scope.limits():
        sent = names.get(name)
        if sent is not None and sent not in allowed:
            problems.append(forbidden(pointer(name), "outside the scope of this key", sent))


def _secrets(
    given: Object,
    before: tuple[str | None, ...],
    platform: Platform | None,
    problems: list[Problem],
) -> tuple[str, ...]:
    """The secrets as they are now."""
    found = list(before)
    for place, name in enumerate(("secret", "second_secret")):
        if name in given:
            found[place] = _text(given, name, problems)
            _check_secret(name, found[place], platform, problems)
    secrets = tuple(one for one in found if one is not None)
    wrong = {one.pointer for one in problems}
    if platform is not None and platform.signature and not secrets and "/secret" not in wrong:
        message = f"required: {platform.title} signs what it sends with {platform.secret}"
        problems.append(invalid("/secret", message))
    return secrets


def _check_secret(
    name: str, value: str | None, platform: Platform | None, problems: list[Problem]
) -> None:
    if value is None or platform is None:
        return
    if platform.signature is None:
        message = f"{platform.title} signs nothing: leave it out, and limit `addresses`"
        problems.append(invalid(pointer(name), message))
    elif platform.signature == "telnyx" and not _is_key(value):
        message = "must be the account's public key: 32 bytes in base64"
        problems.append(invalid(pointer(name), message))


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == _KEY_BYTES
    except ValueError:
        return False


def _items(given: Object, name: str, problems: list[Problem]) -> tuple[str, ...]:
    value = given.get(name)
    if value is None:
        return ()
    texts = read_texts(value, pointer(name), problems) or ()
    if len(texts) > MAX_ITEMS:
        problems.append(invalid(pointer(name), f"has more than {MAX_ITEMS} elements"))
    for place, text in enumerate(texts):
        if not text.strip():
            problems.append(invalid(pointer(name, place), "must not be empty", text))
    return texts


def _addresses(given: Object, problems: list[Problem]) -> tuple[str, ...]:
    found = _items(given, "addresses", problems)
    for place, text in enumerate(found):
        try:
            ip_network(text)
        except ValueError:
            at = pointer("addresses", place)
            message = "must be an address such as 203.0.113.7, or a network such as 203.0.113.0/24"
            problems.append(invalid(at, message, text))
    return found
