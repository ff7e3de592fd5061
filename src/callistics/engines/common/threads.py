"""How threads share the processor."""

import os
import sys
import threading

_NICENESS = 5


def give_way() -> None:
    """Let threads that did not call this go first, above all the writer."""
    # Elsewhere a thread has no niceness of its own.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
