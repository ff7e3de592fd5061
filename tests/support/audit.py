"""The audit log of a running server: read whole, and tampered with behind its back."""

from collections.abc import Callable, Sequence
from typing import Any

from callistics.audit.log import LEAST, Sought
from callistics.engines.clickhouse.engine import ClickHouseEngine
from callistics.model.audit_chain import Entry
from support import inside
from support.server import Server

Edit = Callable[[list[Entry]], Sequence[Entry]]


def entries(server: Server, **asked: str) -> list[dict[str, Any]]:
    """Every entry of an answer, the oldest first."""
    answer = server.request("GET", "/audit", params={"order": "sequence", "limit": "1000", **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def rewrite(server: Server, edit: Edit) -> None:
    """Put other rows in the place of the log."""
    engine = inside.engine_of(server)
    found = edit(list(server.application.services.audit.find(Sought(10_000, LEAST, oldest=True))))
    if isinstance(engine, ClickHouseEngine):
        inside.server_writer(engine).command("TRUNCATE TABLE audit_log")
    else:
        inside.execute(engine, "DELETE FROM audit_log")
    with engine.writing() as session:
        session.append_audit(found)
