"""Where settings come from: a TOML file, the environment, the command line; and how they are read.

An environment variable is the setting's name in capitals after `CALLISTICS_`; the file is
`callistics.toml` in the working directory, or the one that `CALLISTICS_CONFIG` names.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from callistics.errors import SettingsError, did_you_mean
from callistics.setting_types import Parse

PREFIX = "CALLISTICS_"


def setting(
    default: Any, parse: Parse, text: str, *, secret: bool = False, decides: bool = False
) -> Any:
    """Declare a setting, `dict` being the default of one that has its own empty one.

    One that is `secret` is not shown as it was given, one that `decides` decides what a query is
    answered.
    """
    told = {"parse": parse, "help": text, "secret": secret, "decides": decides}
    if default is dict:
        return field(default_factory=dict[str, object], metadata=told)
    return field(default=default, metadata=told)


def given_settings(
    environment: Mapping[str, str] | None, overrides: Mapping[str, object] | None
) -> dict[str, tuple[str, object]]:
    """What was given of each setting, and where. Raises `SettingsError`."""
    environment = os.environ if environment is None else environment
    given: dict[str, tuple[str, object]] = _from_file(environment.get(PREFIX + "CONFIG"))
    given |= _from_environment(environment)
    return given | {
        name: (f"--{name}", value) for name, value in (overrides or {}).items() if value is not None
    }


def parse_all(
    given: Mapping[str, tuple[str, object]], declared: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Any], list[str]]:
    """The values of settings as they are declared, and a sentence for each that is wrong.

    It has what was given, unless the setting is secret.
    """
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for name, (source, value) in given.items():
        if name not in declared:
            wrong.append(f"{source}: no such setting{did_you_mean(name, declared)}")
            continue
        try:
            values[name] = declared[name]["parse"](value)
        except (ValueError, RecursionError) as error:
            shown = "" if declared[name]["secret"] else f", not {value!r}"
            wrong.append(f"{source}: {_sentence(error)}{shown}")
    return values, wrong


def _sentence(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return f"not JSON ({error})" if isinstance(error, json.JSONDecodeError) else str(error)


def _from_environment(environment: Mapping[str, str]) -> dict[str, tuple[str, object]]:
    client_only = {"URL", "KEY", "CONFIG"}
    return {
        name.removeprefix(PREFIX).lower(): (name, value)
        for name, value in environment.items()
        if name.startswith(PREFIX)
        and name.removeprefix(PREFIX) not in client_only
        and not name.startswith(PREFIX + "TEST_")
    }


def _from_file(named: str | None) -> dict[str, tuple[str, object]]:
    path = Path(named or "callistics.toml")
    if named is None and not path.exists():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        # Whole numbers of thousands of digits are among what the library itself refuses.
        raise SettingsError(f"{path}: not TOML: {error}") from None
    except RecursionError:
        raise SettingsError(f"{path}: not TOML: nested too deeply") from None
    return {name: (f"{path}: {name}", value) for name, value in content.items()}
