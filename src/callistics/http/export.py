"""Answers with all their rows, in the formats of `exports`."""

import time
from collections.abc import AsyncGenerator, Callable, Iterator
from functools import partial
from itertools import chain

import structlog

from callistics.errors import Refused, Unavailable, invalid, malformed
from callistics.exports.export import Export
from callistics.exports.formats import CSV, CSV_WITH_FORMULAS, FORMATS, FORMULAS, Format
from callistics.http.accept import JSON, Form, accepted
from callistics.http.answering import answered
from callistics.http.fair_queue import Asked
from callistics.http.request_notes import note_problem, route_of
from callistics.http.services import AnyRequest, Services, services
from callistics.http.streamed import Streamed
from callistics.interruption import Interruption
from callistics.model.keys import StoredKey

_KEEP = "keep"
BY_MEDIA_TYPE = {one.media_type: one for one in FORMATS.values()}
"""The formats that `Accept` may name."""
_FORMS = (JSON, *(Form(one.media_type, one.parameters) for one in FORMATS.values()))
_log = structlog.get_logger("callistics.http")


def chosen_format(request: AnyRequest) -> Format | None:
    """The format in which the client wants all rows; None where it wants a page of JSON.

    Raises `NotAcceptable`, and `Refused` where the format has nothing to do with formulas.
    """
    found = BY_MEDIA_TYPE.get(accepted(request, _FORMS).media_type)
    value = request.query_params.get(FORMULAS)
    if value is None:
        return found
    if value != _KEEP:
        message = f'the query parameter {FORMULAS} must be "{_KEEP}"'
        raise Refused([malformed("", message, value)], message)
    if found is not CSV:
        message = f"the query parameter {FORMULAS} is of {CSV.media_type} alone"
        raise Refused([invalid("", message, value)], message)
    return CSV_WITH_FORMULAS


async def exported(
    request: AnyRequest,
    key: StoredKey,
    format_: Format,
    came: int,
    prepare: Callable[[], Export],
) -> Streamed:
    """The answer to a request that came at an instant. Raises `RequestError`."""
    parts, started = services(request), time.perf_counter()
    _begin(parts, key)
    try:
        # What fails before anything is sent is told with a status of its own.
        export, made = await answered(
            request, Asked(key.id, "export"), partial(_begun, prepare, format_)
        )
    except BaseException:
        _ended(parts, key)
        raise
    seconds = time.perf_counter() - started
    parts.metrics.queries.labels(export.what).observe(seconds)
    parts.metrics.answers.labels("computed").inc()
    headers = {
        "Content-Type": format_.content_type,
        "Content-Disposition": f'attachment; filename="{export.file_name(format_)}"',
        "Callistics-Range": export.range.text,
        "Callistics-Complete-Until": export.range.complete_until(came),
        "Server-Timing": f"total;dur={seconds * 1000:.3f}",
    }
    pieces = _pieces(request, key, made)
    return Streamed(pieces, headers, partial(_ended, parts, key))


def _begun(prepare: Callable[[], Export], format_: Format) -> tuple[Export, Iterator[bytes]]:
    """What is exported, and its pieces, the first of which is made."""
    export = prepare()
    pieces = export.written(format_)
    return export, chain([next(pieces, b"")], pieces)


def _begin(parts: Services, key: StoredKey) -> None:
    """Count one more. Raises `Unavailable`; one place is left for who has none yet."""
    own, under_way = parts.exports_under_way[key.id], parts.exports_under_way.total()
    most = parts.settings.export_concurrency
    if under_way >= most or (own and own >= most - 1):
        raise Unavailable("too many answers with all rows are being sent")
    parts.exports_under_way[key.id] += 1


def _ended(parts: Services, key: StoredKey) -> None:
    parts.exports_under_way[key.id] -= 1
    if not parts.exports_under_way[key.id]:
        del parts.exports_under_way[key.id]


async def _pieces(
    request: AnyRequest, key: StoredKey, pieces: Iterator[bytes]
) -> AsyncGenerator[bytes]:
    """The pieces, each made by a thread when the one before was taken, in its own time."""
    run = services(request).exporting.run
    seconds = services(request).settings.query_timeout
    make = partial(next, pieces, None)
    try:
        while (piece := await run(make, Asked(key.id), Interruption(seconds))) is not None:
            yield piece
    except Exception as error:
        # The answer has begun: that it ends here is all that the client can be told.
        note_problem(request.scope, "cut", type(error).__name__)
        _log.error("an answer was cut", route=route_of(request.scope), exc_info=error)
        raise
