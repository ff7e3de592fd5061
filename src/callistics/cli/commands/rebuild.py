"""`callistics rebuild`."""

import time

import click

from callistics.cli.offline import alone
from callistics.model.scope import EVERYTHING
from callistics.settings import ENGINE_DSNS
from callistics.sql.selection import Policy
from callistics.texts import counted

_EPILOG = f"""\b
Examples:
  callistics rebuild
  callistics rebuild --engine {ENGINE_DSNS[0]}
"""


@click.command("rebuild", epilog=_EPILOG)
@click.option("--engine", metavar="DSN", help=f"The database, such as {ENGINE_DSNS[0]}.")
def command(engine: str | None) -> None:
    """Compute everything that is derived from the records anew.

    That is leads with their statuses, inferred attempts, the payloads that calls are filtered by,
    and roll-ups. All of it is kept in step with every commit: this changes nothing unless something
    was wrong. Stop the server first; the records themselves are not touched.
    """
    started = time.monotonic()
    with alone(engine) as (opened, settings):
        from callistics.analytics.service import Analytics  # noqa: PLC0415

        opened.rebuild()
        asking = Analytics(opened, Policy(), settings.timezone)
        answer = asking.answer(b'{"query_type": "call_count"}', EVERYTHING)
        calls = int(str(answer.data[0]["count"]))
    seconds = time.monotonic() - started
    click.echo(
        f"Computed leads, attempts, payloads and roll-ups of {counted(calls, 'call')} anew,"
        f" in {seconds:.1f} s."
    )
