"""Finding what a command talks to: the server that answers, else the engine in this process.

One process owns the database file, so the file is opened only where no server answers.
"""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps

import click
import httpx
from click.core import ParameterSource

from callistics.cli.client import PATIENCE, Client, Patience
from callistics.cli.root import Failure
from callistics.client.errors import ClientError
from callistics.client.options import check_url, is_loopback, verifying
from callistics.errors import CallisticsError, EngineError
from callistics.server.address import local_url
from callistics.setting_sources import PREFIX
from callistics.setting_table import ANSWER_SETTINGS
from callistics.settings import ENGINE_DSNS, Settings, load_settings

_MISSING = (
    "start a server with `callistics serve`, name it with --url, or load records with"
    " `callistics import`"
)


@dataclass(frozen=True, slots=True)
class Target:
    """What the command line says about where to go; None where it says nothing."""

    url: str | None = None
    key: str | None = None
    engine: str | None = None


def client_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--url`, `--key` and `--engine`, which reach it as one `target`."""

    @click.option(
        "--url",
        envvar="CALLISTICS_URL",
        show_envvar=True,
        help="Server to talk to. Without it: the one of this machine, or if none runs, the"
        " database file itself.",
    )
    @click.option("--key", envvar="CALLISTICS_KEY", show_envvar=True, help="Access key.")
    @click.option(
        "--engine",
        help=f"Open this database, such as {ENGINE_DSNS[0]}, whatever server and key the"
        " environment names.",
    )
    @wraps(command)
    def wrapped(*, url: str | None, key: str | None, engine: str | None, **given: object) -> None:
        if engine:
            # Those of the environment are of a server, and say nothing of this database.
            url, key = _typed("url", url), _typed("key", key)
        command(target=Target(url or None, key or None, engine or None), **given)

    return wrapped


def _typed(name: str, value: str | None) -> str | None:
    """The value of an option, if it is not that of the environment."""
    source = click.get_current_context().get_parameter_source(name)
    return None if source is ParameterSource.ENVIRONMENT else value


def server_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that needs a running server `--url` and `--key`, as one `target`."""

    @click.option(
        "--url",
        envvar="CALLISTICS_URL",
        show_envvar=True,
        help="Server to talk to. Without it: the one of this machine.",
    )
    @click.option("--key", envvar="CALLISTICS_KEY", show_envvar=True, help="Access key.")
    @wraps(command)
    def wrapped(*, url: str | None, key: str | None, **given: object) -> None:
        command(target=Target(url or None, key or None), **given)

    return wrapped


@contextmanager
def connect(target: Target, *, create: bool = False, missing: str = _MISSING) -> Generator[Client]:
    """The client for a command; with `create`, a database that is not there yet is made.

    Raises `Failure` or `CallisticsError` with what is missing; `missing` is what to do where
    there is neither a server nor a database.
    """
    if target.url is not None and target.engine is not None:
        raise click.UsageError("--url and --engine exclude each other: a server has its own engine")
    settings = load_settings(overrides={"engine": target.engine})
    url = target.url or local_url(settings)
    certificate = settings.tls_cert
    if target.engine is None and (target.url is not None or server_answers(url, certificate)):
        opened = _at(url, target.key, settings)
        _note_unheard(url)
    else:
        _check_database(settings, target, url, None if create else missing)
        opened = in_process(settings, target.key)
    with opened as client:
        yield client


def _note_unheard(url: str) -> None:
    """What is answered is decided by the server's settings: say so where there are some here."""
    names = [PREFIX + name.upper() for name in ANSWER_SETTINGS]
    given = [name for name in names if os.environ.get(name)]
    if given:
        text = (
            f"Note: the server at {url} answers by its own settings, not by {', '.join(given)} here"
        )
        click.echo(text, err=True)


def server_url(target: Target) -> str:
    """The address of the server that is to be asked. Raises `Failure` where it is none."""
    return _checked(target.url or local_url(load_settings()))


def at_server(target: Target, patience: Patience) -> Client:
    """The client of a server, whether it answers now or only later. Raises `Failure`."""
    settings = load_settings()
    return _at(target.url or local_url(settings), target.key, settings, patience)


def _at(url: str, key: str | None, settings: Settings, patience: Patience = PATIENCE) -> Client:
    url = _checked(url)
    used = key or key_beside(url, settings)
    return Client(url, used, patience=patience, certificate=settings.tls_cert)


def _checked(url: str) -> str:
    try:
        check_url(url)
    except ClientError as error:
        raise Failure(f"--url {error}") from None
    return url


def server_answers(url: str, certificate: str | None = None) -> bool:
    """Whether the server of this product answers there; another program's does not count.

    `certificate` is that of this machine's own server.
    """
    try:
        verify = verifying(url, certificate)
        response = httpx.get(f"{url}/health/live", timeout=5.0, trust_env=False, verify=verify)
        return response.is_success and response.json() == {"status": "live"}
    except (httpx.HTTPError, ValueError):
        return False


def key_beside(url: str, settings: Settings) -> str | None:
    """The admin key that a server of this machine was given or made, if it may be read."""
    if not is_loopback(url):
        return None
    if settings.admin_key is not None:
        return settings.admin_key
    # Loaded here: a command that is given a key needs no engine.
    from callistics.engines.registry import key_file  # noqa: PLC0415

    try:
        return key_file(settings.engine).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError, CallisticsError):
        return None


def _check_database(settings: Settings, target: Target, url: str, missing: str | None) -> None:
    """Say that a database is not there, or without `missing` that it is made now.

    Raises `Failure` where it is not to be made: a key is one of a server.
    """
    # Loaded here: a command that is given a key needs no engine.
    from callistics.engines.registry import database_file  # noqa: PLC0415

    database = database_file(settings.engine)
    if database is None or database.exists():
        return
    unheard = f"no server answers at {url}, and " if target.engine is None else ""
    if missing is not None:
        raise Failure(f"{unheard}{settings.engine} is not there: {missing}")
    if target.key is not None:
        raise Failure(
            f"{unheard}{settings.engine} is not there, in which a key could be known: start the"
            " server, name it with --url, or leave the key out for a new database (--key, or"
            " CALLISTICS_KEY)"
        )
    if unheard:
        click.echo(f"Note: {unheard}{database.absolute()} is new", err=True)


@contextmanager
def in_process(settings: Settings, key: str | None = None) -> Generator[Client]:
    """The product itself, run in this process; without a key, with all rights."""
    # Loaded here: a command that talks to a server does without the server's own parts.
    from callistics.server.app import build  # noqa: PLC0415
    from callistics.server.in_process import BASE_URL, LocalTransport, quiet_logs  # noqa: PLC0415
    from callistics.server.local_store import LocalStore  # noqa: PLC0415

    with quiet_logs():
        application = build(settings)
        try:
            transport = LocalTransport(application.asgi)
        except EngineError as error:
            raise Failure(not_opened(settings, error)) from error
        used = key or application.local_key
        store = LocalStore(application.services, used)
        with Client(BASE_URL, used, transport=transport, store=store) as client:
            yield client


def not_opened(settings: Settings, error: EngineError) -> str:
    """Why a database could not be opened, for people."""
    text = f"{settings.engine}: {error}"
    if "lock" not in text.lower() and "is open in another process" not in text:
        return text
    by = "A running server has it open, which --url reaches, or another command: wait for its end"
    return f"{text}. {by}."
