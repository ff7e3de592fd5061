"""The process that decodes large requests beside the one that writes.

It loads what it works with after it has begun: what it leaves out would be loaded by then.
"""

import gc
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler

from callistics.runtime import FRAMES, leave_out, tune


def work(connection: Connection) -> None:
    """Read whatever comes until there is no one left to ask."""
    tune()
    leave_out(FRAMES)
    from callistics.ingest.decode import decode_batch  # noqa: PLC0415 - see above

    # Of what is made for a body nearly nothing is left after it: to look for that meanwhile takes a
    # fifth of the time.
    gc.freeze()
    gc.disable()
    with suppress(EOFError, OSError):
        connection.send(True)
        while True:
            asked = connection.recv()
            found = None
            with suppress(Exception):
                # Whoever asked reads it again, and tells what there is to tell.
                found = ForkingPickler.dumps(decode_batch(*asked))
            connection.send_bytes(found or ForkingPickler.dumps(None))
            del asked, found
            gc.collect()
