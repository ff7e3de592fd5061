"""Settings as a table: what there is, and what is in force."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from callistics.setting_sources import PREFIX, given_settings
from callistics.settings import Settings, load_settings

ANSWER_SETTINGS = tuple(one.name for one in fields(Settings) if one.metadata["decides"])
"""The settings that decide what a query is answered."""


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """One line of the table of settings."""

    name: str
    variable: str
    default: object
    help: str
    secret: bool


def table() -> list[SettingInfo]:
    """Every setting with its variable, default and help."""
    defaults = Settings()
    return [
        SettingInfo(
            one.name,
            PREFIX + one.name.upper(),
            getattr(defaults, one.name),
            one.metadata["help"],
            one.metadata["secret"],
        )
        for one in fields(Settings)
    ]


@dataclass(frozen=True, slots=True)
class InForce:
    """A setting with its value, and where that comes from: `environment CALLISTICS_PORT`."""

    info: SettingInfo
    value: object
    origin: str


def in_force(
    environment: Mapping[str, str] | None = None, overrides: Mapping[str, object] | None = None
) -> list[InForce]:
    """What `load_settings` makes of the same, setting by setting; raises as it does."""
    settings = load_settings(environment, overrides)
    given = given_settings(environment, overrides)
    return [
        InForce(info, getattr(settings, info.name), _origin(given.get(info.name)))
        for info in table()
    ]


def _origin(given: tuple[str, object] | None) -> str:
    if given is None:
        return "default"
    source, _ = given
    if source.startswith("--"):
        return f"flag {source}"
    if source.startswith(PREFIX):
        return f"environment {source}"
    return f"file {source.rpartition(':')[0]}"
