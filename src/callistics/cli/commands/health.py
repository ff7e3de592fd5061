"""`callistics health`."""

import click
import httpx

from callistics.cli.client import checked
from callistics.cli.connect import Target, server_url
from callistics.cli.root import Failure
from callistics.client.options import verifying
from callistics.settings import load_settings

_TIMEOUT = 5.0
_EPILOG = """\b
Examples:
  callistics health
  callistics health --url http://10.0.0.5:8000
"""


@click.command("health", epilog=_EPILOG)
@click.option(
    "--url",
    envvar="CALLISTICS_URL",
    show_envvar=True,
    help="Server to ask. Without it: the one of this machine.",
)
def command(url: str | None) -> None:
    """Ask a server whether it takes requests. Ends with exit code 1 where it does not.

    It needs no key, and does for a container what `GET /health/ready` does for a proxy.
    """
    address = server_url(Target(url=url or None)).rstrip("/")
    verify = verifying(address, load_settings().tls_cert)
    ready = f"{address}/health/ready"
    try:
        answer = httpx.get(ready, timeout=_TIMEOUT, trust_env=False, verify=verify)
    except httpx.HTTPError as error:
        raise Failure(f"{address} does not answer: {error}") from None
    if not answer.is_success:
        raise Failure(f"{address} is not ready: status {answer.status_code}")
    checked(answer, "timezone_rules")
    click.echo("ready")
