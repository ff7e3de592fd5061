"""What a server does as it starts: a key to administer it and a secret to sign, if there are none.

Both are stored before anybody is answered.
"""

import os
from concurrent.futures import Future
from pathlib import Path

import structlog

from callistics import __version__
from callistics.access.keyring import make_key, new_secret
from callistics.engines.base import Engine
from callistics.engines.diagnosis import ahead_problem, seconds_ahead
from callistics.engines.registry import key_file
from callistics.http.keys import told_of
from callistics.http.services import Services
from callistics.ingest.job import Job, Result
from callistics.model.audit import SERVER, Action, Detail, note
from callistics.model.instants import now
from callistics.model.keys import Permission
from callistics.model.scope import EVERYTHING
from callistics.setting_table import table

_log = structlog.get_logger("callistics")


def make_admin_key(parts: Services, engine: Engine) -> Path | None:
    """Make sure that somebody may administer the server; the file with a key made now, if any."""
    secret, file = parts.settings.admin_key, None
    if secret is None and not engine.load_keys():
        secret = new_secret()
        file = key_file(parts.settings.engine)
        _write_secret(file, secret)
    if secret is not None and not parts.keyring.has_secret(secret):
        made = make_key("first admin key", Permission, EVERYTHING, now(), secret=secret)
        told = note(Action.KEY_CREATED, SERVER, now(), **told_of(made.stored))
        parts.writer.submit(Job(keys=(made.stored,), notes=(told,))).result()
        parts.keyring.put(made.stored)
    return file


def keep_token_secret(parts: Services, engine: Engine, made: str) -> None:
    """Sign tokens with the secret that is stored; where none is, store the one just made."""
    stored = engine.load_token_secret()
    if stored is None:
        parts.writer.submit(Job(token_secret=made)).result()
    else:
        parts.tokens.replace_secret(stored)


def starting(parts: Services, engine: Engine) -> None:
    """What a server that others ask does besides."""
    note_start(parts, engine)
    warn_of_clock(engine)
    parts.tokens.prefetch()


def note_start(parts: Services, engine: Engine) -> None:
    """Note that the server starts, with the names of the settings that are not at their default.

    Nobody waits for it: a server that cannot write just now may serve what it has.
    """

    def failed(done: "Future[Result]") -> None:
        if done.exception() is not None:
            _log.warning("the start is not in the audit log", exc_info=done.exception())

    named = [one.name for one in table() if getattr(parts.settings, one.name) != one.default]
    details: dict[str, Detail] = {
        "version": __version__,
        "engine": engine.version,
        "settings": named,
    }
    parts.audit.append(Action.SERVER_STARTED, SERVER, **details).add_done_callback(failed)


def warn_of_clock(engine: Engine) -> None:
    """A line of log where times of arrival lie ahead of the clock."""
    seconds = seconds_ahead(engine.newest_arrival())
    if (problem := ahead_problem(seconds)) is not None:
        _log.warning("the clock is behind", reason=problem, seconds=round(seconds))


def _write_secret(path: Path, secret: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret + "\n")
