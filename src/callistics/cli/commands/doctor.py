"""`callistics doctor`."""

from dataclasses import replace

import click

from callistics import __version__
from callistics.cli.connect import Target, client_options, key_beside
from callistics.cli.doctor.checks import Check, Verdict, checks_of
from callistics.cli.doctor.showing import show, show_json
from callistics.cli.doctor.zone_rules import check_zone_rules
from callistics.cli.serving import Report, report
from callistics.dashboard.assets import CHARTS, HOW_TO_MAKE_IT
from callistics.engines.diagnosis import Diagnosis
from callistics.server.address import local_url
from callistics.settings import ENGINE_DSNS, Settings, load_settings

_EPILOG = f"""\b
Examples:
  callistics doctor
  callistics doctor --json
  callistics doctor --url http://10.0.0.5:8000
  callistics doctor --engine {ENGINE_DSNS[1]}
"""


@click.command("doctor", epilog=_EPILOG)
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
@client_options
def command(target: Target, *, as_json: bool) -> None:
    """Say what the server and its engine are, and what is wrong with them.

    A running server is asked; the database that the settings name is looked at, unless a server is
    named with --url. Nothing is changed. Ends with exit code 1 where something is wrong; what is to
    be looked at in time is marked, and is not wrong yet.
    """
    if target.url is not None and target.engine is not None:
        raise click.UsageError("--url and --engine exclude each other: a server has its own engine")
    settings = load_settings(overrides={"engine": target.engine})
    url = target.url or local_url(settings)
    server = report(url, target.key or key_beside(url, settings), settings.tls_cert)
    facts, problems, figures = [*server.facts], [*server.problems], dict(server.figures)
    if target.url is None:
        found = _engine(settings, server, asked=target.engine is not None)
        facts += [("engine", found.engine), *found.facts]
        problems += found.problems
        figures = {**found.figures, **figures}
    elif not server.answers:
        problems.append(f"no server answers at {url}")
    wrong = [Check("problem", one, Verdict.BAD) for one in (*problems, *_missing())]
    checks = [*check_zone_rules(server.zone_rules), *checks_of(figures), *wrong]
    (show_json if as_json else show)([("Callistics", __version__), *facts], checks)
    if any(one.state is Verdict.BAD for one in checks):
        raise click.exceptions.Exit(1)


def _missing() -> list[str]:
    """What this installation lacks."""
    return [] if CHARTS.exists() else [HOW_TO_MAKE_IT]


def _engine(settings: Settings, server: Report, *, asked: bool) -> Diagnosis:
    """What there is to say of the engine of the settings, and of the memory that it may use."""
    # Loaded here: help and wrong settings need no engine.
    from callistics.engines.machine import machine_memory  # noqa: PLC0415
    from callistics.engines.registry import (  # noqa: PLC0415
        database_file,
        diagnose,
        memory_limit,
    )

    file = database_file(settings.engine)
    missed = asked and file is not None and not file.exists()
    found = diagnose(settings, served=server.answers and not missed)
    limit = memory_limit(settings)
    if limit is None:
        return found
    memory = {"memory_limit_bytes": limit, "machine_memory_bytes": machine_memory()}
    return replace(found, figures={**found.figures, **memory})
