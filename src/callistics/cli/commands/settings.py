"""`callistics settings`."""

import json
import re
import shutil
import textwrap
from typing import cast

import click

from callistics.cli.commands.serve import server_options
from callistics.setting_table import InForce, SettingInfo, in_force

_EPILOG = """\b
Examples:
  callistics settings
  CALLISTICS_PORT=9000 callistics settings --host 0.0.0.0
"""
_HIDDEN = "*****"
_PASSWORDS = (re.compile(r"(?<=://)([^:@/]*:).*(@)"), re.compile(r"(password=)[^&]*()"))
_INDENT = "    "


@click.command("settings", epilog=_EPILOG)
@server_options
def command(engine: str | None, host: str | None, port: int | None) -> None:
    """List every setting: the value in force here, where it comes from, and what it does.

    A setting is an environment variable, or its name in the file callistics.toml (or the one that
    CALLISTICS_CONFIG names). The environment goes before the file, an option of `callistics serve`
    before both. Keys and passwords are not shown.
    """
    overrides = {"engine": engine, "host": host, "port": port}
    width = shutil.get_terminal_size().columns
    click.echo("\n\n".join(_shown(one, width) for one in in_force(overrides=overrides)))


def _shown(one: InForce, width: int) -> str:
    """A setting in a few lines; names and values are never cut."""
    info = one.info
    told = f"{info.help.replace('`', '')} Default: {value_text(info, info.default)}."
    return "\n".join(
        (
            f"{info.name} = {value_text(info, one.value)}",
            f"{_INDENT}{info.variable}, in force: {one.origin}",
            textwrap.fill(
                told,
                max(width, 40),
                initial_indent=_INDENT,
                subsequent_indent=_INDENT,
                break_long_words=False,
                break_on_hyphens=False,
            ),
        )
    )


def value_text(info: SettingInfo, value: object) -> str:
    """A value as it is written in the environment, without secrets."""
    if value is None or value in ({}, ()):
        # A list that is empty on purpose is another thing than one that is not set.
        return "not set" if value == info.default else "[]"
    # Of an address, and of issuers, the secret part alone is not shown.
    if info.secret and isinstance(value, str) and "://" not in value:
        return _HIDDEN
    if isinstance(value, tuple):
        return ",".join(map(str, cast("tuple[object, ...]", value)))
    if not isinstance(value, str):
        return json.dumps(value)
    for password in _PASSWORDS:
        value = password.sub(rf"\1{_HIDDEN}\2", value)
    return value
