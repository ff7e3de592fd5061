"""The platforms whose webhooks are taken: what their mappings say of signing and of addresses."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

PRESETS = "callistics.mapping.presets"


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that sends webhooks.

    `signature` names how it signs (`signatures.CHECKS`), None where it does not. `secret` says
    which of its secrets that takes, `signed` how it is signed, `where` where the address is pasted,
    and `addresses` are those that it sends from, as far as it tells. `weak` has words of a field
    that say less than others do, whichever event is the newer one.
    """

    name: str
    title: str
    format: str
    sources: tuple[str, ...]
    where: str
    signed: str
    signature: str | None = None
    secret: str = ""
    addresses: tuple[str, ...] = ()
    weak: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


@cache
def platforms() -> Mapping[str, Platform]:
    """Every platform by its name: each mapping that has a table `webhook`."""
    files = sorted(resources.files(PRESETS).iterdir(), key=lambda one: one.name)
    texts = [(one.name, one.read_text(encoding="utf-8")) for one in files if _is_toml(one.name)]
    read = [(name.removesuffix(".toml"), tomllib.loads(text)) for name, text in texts]
    return {name: _platform(name, found) for name, found in read if "webhook" in found}


def _is_toml(name: str) -> bool:
    return name.endswith(".toml")


def _platform(name: str, mapping: Mapping[str, Any]) -> Platform:
    table = dict(mapping["webhook"])
    addresses = tuple(table.pop("addresses", ()))
    weak = {target: frozenset(words) for target, words in table.pop("weak", {}).items()}
    title, form, sources = mapping["title"], mapping["format"], tuple(mapping["sources"])
    return Platform(name, title, form, sources, addresses=addresses, weak=weak, **table)
