"""`callistics serve`."""

from collections.abc import Callable

import click

from callistics.cli.connect import not_opened
from callistics.cli.listen import ensure_free
from callistics.cli.root import Failure
from callistics.errors import EngineError
from callistics.runtime import leave_out
from callistics.settings import ENGINE_DSNS, load_settings

_EPILOG = f"""\b
Examples:
  callistics serve
  callistics serve --engine {ENGINE_DSNS[0]} --host 0.0.0.0 --port 9000
"""


def server_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the settings of a server that have an option."""
    where = f"Where the data lives, such as {ENGINE_DSNS[0]}."
    for option in (
        click.option("--port", type=int, help="Port to listen on."),
        click.option("--host", help="Address to listen on."),
        click.option("--engine", metavar="DSN", help=where),
    ):
        command = option(command)
    return command


@click.command("serve", epilog=_EPILOG)
@server_options
@click.option(
    "--accept-loss",
    is_flag=True,
    help="Go on where the database's log is damaged or gone; what is left of it is kept aside.",
)
def command(engine: str | None, host: str | None, port: int | None, *, accept_loss: bool) -> None:
    """Run the server until it is stopped.

    What is not given here comes from the environment and callistics.toml; `callistics settings`
    lists it all.
    """
    settings = load_settings(overrides={"engine": engine, "host": host, "port": port})
    ensure_free(settings.host, settings.port)
    # The framework would load it for models of its own, of which the server has none: 10 MB.
    leave_out("pydantic")
    # Loaded here: help and wrong settings need no server.
    from callistics.server.serving import serve  # noqa: PLC0415

    try:
        serve(settings, accept_loss=accept_loss)
    except EngineError as error:
        raise Failure(not_opened(settings, error)) from error
