"""`callistics demo`."""

from dataclasses import replace
from pathlib import Path

import click

from callistics.cli.connect import in_process
from callistics.cli.demo.answer import DAYS, biggest, curl, show_answer
from callistics.cli.demo.data import Demo, dsn, load, open_demo, policy, save, with_keys
from callistics.cli.demo.reader import reader_zone, today_begins
from callistics.cli.listen import ensure_free, first_free
from callistics.cli.root import Failure
from callistics.server.address import local_url
from callistics.settings import Settings, load_settings
from callistics.texts import counted

_EPILOG = """\b
Examples:
  callistics demo
  callistics demo --calls 1000000 --port 9000
  callistics demo --once
"""


@click.command("demo", epilog=_EPILOG)
@click.option("--calls", type=click.IntRange(min=1), default=100_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same calls.")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("callistics-demo"),
    show_default=True,
    help="Folder of the demo; used again if it is there.",
)
@click.option("--once", is_flag=True, help="End after the answer, without serving.")
def command(
    calls: int, seed: int, host: str | None, port: int | None, data: Path, once: bool
) -> None:
    """Try it: made-up calls, a query and its answer, and a server until Ctrl-C.

    Makes a database in a folder of its own, loads two years of made-up calls that end yesterday
    through the product's own interface, runs a query, and serves in the foreground until Ctrl-C.
    """
    demo = open_demo(data, _wanted(calls, seed))
    given = {"engine": dsn(data), "host": host, "port": port}
    settings = policy(load_settings(overrides=given), demo)
    if not once:
        settings = _listening(settings, asked=port is not None)
    save(data, demo)
    demo = _prepare(settings, data, demo)
    if once:
        return
    # Loaded here: without serving it is not needed.
    from callistics.server.serving import serve  # noqa: PLC0415

    quiet = replace(settings, log_level="warning", log_format="text")
    serve(quiet, on_ready=lambda _: _invite(settings, data, demo))


def _wanted(calls: int, seed: int) -> Demo:
    zone = reader_zone()
    return Demo(calls, seed, today_begins(zone).isoformat(), zone)


def _listening(settings: Settings, *, asked: bool) -> Settings:
    """The settings with a port that is free; another than the usual one is said."""
    if asked:
        ensure_free(settings.host, settings.port)
        return settings
    port = first_free(settings.host, settings.port)
    if port != settings.port:
        click.echo(f"Port {settings.port} is taken, using {port}.")
    return replace(settings, port=port)


def _prepare(settings: Settings, folder: Path, demo: Demo) -> Demo:
    """Load what is missing, make sure of its keys, and show the first answer."""
    with in_process(settings) as client:
        if demo.loaded:
            click.echo(f"Using the {counted(demo.calls, 'call')} in {folder}.\n")
        else:
            click.echo(f"Making {counted(demo.calls, 'call')} in {folder} ...")
            load(client, demo)
        demo = replace(demo, loaded=True)
        save(folder, demo)
        subject = biggest(client, demo)
        if subject is None:
            raise Failure(f"there is no call in the last {DAYS} days; try more --calls")
        demo = with_keys(client, demo, subject.merchant_id)
        save(folder, demo)
        show_answer(client, subject)
    return demo


def _invite(settings: Settings, folder: Path, demo: Demo) -> None:
    """Say in five lines what to do next."""
    url = local_url(settings)
    click.echo(f"Open the dashboard: {url}/  and sign in with one of these keys:")
    click.echo(f"  everything         {demo.key}")
    click.echo(f"  a merchant's own   {demo.merchant_key}")
    click.echo(f"Ask from a shell:   {curl(url, demo.key or '')}")
    click.echo(f"The API: {url}/docs   Ctrl-C ends the server; {folder} keeps the calls.")
