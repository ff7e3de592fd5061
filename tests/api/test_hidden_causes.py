"""What goes wrong inside is told to the operator and to nobody else."""

import pytest
from structlog.testing import capture_logs

from callistics.access.keyring import Keyring
from callistics.model.keys import StoredKey
from callistics.model.scope import Scope
from support.server import Server, problem

CAUSE = "the secret words of /var/lib/cause.db"


def test_an_error_that_nobody_foresaw_tells_nothing(
    shared_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(keyring: Keyring, scope: Scope) -> list[StoredKey]:
        raise LookupError(CAUSE)

    monkeypatch.setattr(Keyring, "visible", fails)
    with capture_logs() as lines:
        answer = shared_server.request("GET", "/keys")
    problem(answer, 500)
    told = answer.text + str(answer.headers)
    assert not any(word in told for word in (CAUSE, "secret", "LookupError", "Traceback", ".py"))
    assert "unexpected error" in {one["event"] for one in lines}
