"""`callistics mcp`."""

import socket
from importlib.util import find_spec

import click
from click.core import ParameterSource

from callistics.cli.client import Client
from callistics.cli.connect import Target, at_server, server_options, server_url
from callistics.cli.listen import cannot_listen
from callistics.cli.root import Failure
from callistics.server.address import in_url
from callistics.settings import load_settings
from callistics.texts import install

_EPILOG = """\b
Examples:
  callistics mcp
  callistics mcp --url https://calls.example.com --key cal_…
  callistics mcp --http 127.0.0.1:8765
"""
_HOW_TO_INSTALL = f"the protocol needs a package that is not installed: {install('mcp')}"


@click.command("mcp", epilog=_EPILOG)
@click.option(
    "--http",
    metavar="[HOST:]PORT",
    help="Serve streamable HTTP there, of this machine alone unless a host is given, instead of"
    " standard input and output. Callers send keys of their own.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST",
    help="A further name under which --http is reached, such as that of a proxy.",
)
@server_options
def command(target: Target, http: str | None, names: tuple[str, ...]) -> None:
    """Let AI assistants query a running server, over the Model Context Protocol.

    Six tools, none of which changes anything, within the scope of the key.
    """
    if names and http is None:
        raise click.UsageError("--name is of --http")
    if find_spec("mcp") is None:
        raise Failure(_HOW_TO_INSTALL)
    if http is None:
        _over_stdio(target)
    else:
        _over_http(target, _place(http), names)


def _over_stdio(target: Target) -> None:
    # Loaded here: the package is an extra.
    from callistics.cli.mcp.answers import PATIENCE, Backend  # noqa: PLC0415
    from callistics.cli.mcp.server import serve_stdio  # noqa: PLC0415

    with at_server(target, PATIENCE) as client:
        serve_stdio(Backend(client, _dashboard(client.url)))


def _over_http(target: Target, place: tuple[str, int], names: tuple[str, ...]) -> None:
    given = click.get_current_context().get_parameter_source("key")
    if given is ParameterSource.COMMANDLINE:
        raise click.UsageError("--key and --http exclude each other: callers send their own keys")
    # Loaded here: the package is an extra.
    from callistics.cli.mcp.answers import PATIENCE  # noqa: PLC0415
    from callistics.cli.mcp.server import PATH, serve_http  # noqa: PLC0415

    url = server_url(target)

    certificate = load_settings().tls_cert

    def connect(key: str) -> Client:
        return Client(url, key, patience=PATIENCE, certificate=certificate)

    # What is wrong in the environment is told before anybody calls.
    with connect("none"):
        pass
    host, port = place
    with _listener(host, port) as listener:
        shown = in_url(host)
        port = listener.getsockname()[1]
        click.echo(f"MCP at http://{shown}:{port}{PATH}, of the server at {url}", err=True)
        serve_http(listener, connect, _dashboard(url), (shown, *names))


def _dashboard(url: str) -> str:
    """Where people open the page of the server at an address."""
    return load_settings().public_url or url


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65_535:
        raise click.UsageError("--http must look like 127.0.0.1:8765 or 8765")
    return host.removeprefix("[").removesuffix("]") or "127.0.0.1", int(port)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Failure(cannot_listen(host, port, error, "--http")) from error
