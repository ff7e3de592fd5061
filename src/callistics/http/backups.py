"""`/backups`: a state that is held for a backup, and its parts."""

import asyncio
import base64
from collections.abc import AsyncGenerator
from functools import partial
from typing import IO

from litestar import delete, get, post
from litestar.params import FromPath

from callistics.errors import Forbidden
from callistics.exports.formats import FORMATS
from callistics.http.answer import Answer, json_answer
from callistics.http.bodies import no_body
from callistics.http.durable import durable
from callistics.http.services import AnyRequest, Services, services
from callistics.http.streamed import Streamed
from callistics.model.audit import Action
from callistics.model.keys import Permission, StoredKey
from callistics.model.scope import EVERYTHING

_PIECE = 1 << 20


@post("/backups", status_code=201, request_max_body_size=None)
async def backups(request: AnyRequest) -> Answer:
    """Hold the state as it is now, until it is released or nothing of it is asked for."""
    parts, _ = _authorized(request)
    await no_body(request)
    state = await parts.backing_up.run(parts.backups.hold)
    return json_answer(state, 201)


@delete("/backups/{backup_id:str}", status_code=204)
async def backup_state(request: AnyRequest, backup_id: FromPath[str]) -> None:
    """Release a state, of which no backup was made."""
    parts, _ = _authorized(request)
    await parts.backing_up.run(partial(parts.backups.release, backup_id))


@post("/backups/{backup_id:str}/made", status_code=204, request_max_body_size=None)
async def backup_made(request: AnyRequest, backup_id: FromPath[str]) -> None:
    """Release a state, of which a backup was made."""
    parts, key = _authorized(request)
    await no_body(request)
    state = await parts.backing_up.run(partial(parts.backups.release, backup_id))
    rows = {name: state.rows(name) for name in ("calls", "lead_records")}
    told = {"backup": state.id, **rows}
    made = parts.note(Action.BACKUP_MADE, key, **told)
    await durable(parts.audit.add(made))
    parts.backups.made_at = made.at


@get("/backups/{backup_id:str}/parts/{part:str}")
async def backup_part(
    request: AnyRequest, backup_id: FromPath[str], part: FromPath[str]
) -> Streamed:
    """The Parquet file of a part, with its checksum (RFC 9530)."""
    parts, _ = _authorized(request)
    found = await parts.backing_up.run(partial(parts.backups.part, backup_id, part))
    digest = base64.b64encode(bytes.fromhex(found.sha256)).decode()
    headers = {
        "Content-Type": FORMATS["parquet"].media_type,
        "Content-Length": str(found.size),
        "Content-Digest": f"sha-256=:{digest}:",
    }
    return Streamed(_pieces(found.file), headers, found.file.close)


async def _pieces(file: IO[bytes]) -> AsyncGenerator[bytes]:
    while piece := await asyncio.to_thread(file.read, _PIECE):
        yield piece


def _authorized(request: AnyRequest) -> tuple[Services, StoredKey]:
    """The services, and the key, which may see all there is."""
    parts = services(request)
    key = parts.authorize(request, Permission.ADMIN)
    if key.scope != EVERYTHING:
        raise Forbidden(
            "a backup, or an export of all, has the data of all tenants: it needs an admin key"
            " without scope"
        )
    return parts, key
