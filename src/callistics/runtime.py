"""How threads share the processor."""

import os
import sys
import threading

# Of a core that one of each wants, the others get nine tenths.
_NICENESS = 10


def give_way() -> None:
    """Let threads that did not call this go first, above all the writer."""
    # Elsewhere a thread has no niceness of its own.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
