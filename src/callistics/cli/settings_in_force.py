"""Every setting with the value in force, and where that comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from callistics.setting_sources import PREFIX, given_settings
from callistics.settings import SettingInfo, load_settings, table


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
