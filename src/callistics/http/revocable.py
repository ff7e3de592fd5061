"""Answers that are sent for long, which end with the key that they are sent to."""

from collections.abc import AsyncGenerator, AsyncIterator

from callistics.errors import Unauthorized
from callistics.http.request_notes import note_problem
from callistics.http.services import AnyRequest, services


async def while_known(request: AnyRequest, pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """The pieces, none of them once the request's key was revoked or has expired.

    Then it raises `Unauthorized`, by which the client sees that the answer was cut.
    """
    async for piece in pieces:
        try:
            services(request).check_still_known(request)
        except Unauthorized:
            note_problem(request.scope, "cut", "the key has ended")
            raise
        yield piece
