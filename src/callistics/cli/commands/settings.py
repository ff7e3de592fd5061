"""`callistics settings`."""

import json
from typing import Any, cast

import click
from rich.table import Table

from callistics.cli.output import console
from callistics.settings import SettingInfo, table

_EPILOG = """\b
Examples:
  callistics settings
  CALLISTICS_PORT=9000 callistics serve
"""


@click.command("settings", epilog=_EPILOG)
def command() -> None:
    """List every setting of the server: variable, default, and what it does.

    A setting is an environment variable, or its name in the file callistics.toml (or the one that
    CALLISTICS_CONFIG names). The environment goes before the file.
    """
    shown = Table("Name", "Variable", "Default", "What it does", show_edge=False)
    for info in table():
        shown.add_row(info.name, info.variable, default_text(info), info.help.replace("`", ""))
    console().print(shown)


def default_text(info: SettingInfo) -> str:
    """A default as it is written in the environment."""
    default: Any = info.default
    if default is None:
        return ""
    if isinstance(default, tuple):
        return ",".join(cast("tuple[str, ...]", default))
    return default if isinstance(default, str) else json.dumps(default)
