"""What a server makes when it starts for the first time: a key to administer it, a secret to sign.

Both are stored before anybody is answered.
"""

import os
from pathlib import Path

from callistics.access.keyring import make_key, new_secret
from callistics.engines.base import Engine
from callistics.engines.registry import key_file
from callistics.http.services import Services
from callistics.ingest.job import Job
from callistics.model.instants import now
from callistics.model.keys import Permission
from callistics.model.scope import EVERYTHING


def make_admin_key(parts: Services, engine: Engine) -> Path | None:
    """Make sure that somebody may administer the server; the file with a key made now, if any."""
    secret, file = parts.settings.admin_key, None
    if secret is None and not engine.load_keys():
        secret = new_secret()
        file = key_file(parts.settings.engine)
        _write_secret(file, secret)
    if secret is not None and not parts.keyring.has_secret(secret):
        made = make_key("first admin key", Permission, EVERYTHING, now(), secret=secret)
        parts.writer.submit(Job(keys=(made.stored,))).result()
        parts.keyring.put(made.stored)
    return file


def keep_token_secret(parts: Services, engine: Engine, made: str) -> None:
    """Sign tokens with the secret that is stored; where none is, store the one just made."""
    stored = engine.load_token_secret()
    if stored is None:
        parts.writer.submit(Job(token_secret=made)).result()
    else:
        parts.tokens.replace_secret(stored)


def _write_secret(path: Path, secret: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret + "\n")
