"""The interpreter, set up for storing records beside much else."""

import gc
import sys

# The writer comes back from the engine many times for one commit, and each time waits for a thread
# that is busy in Python to let it go on.
_SWITCH_SECONDS = 0.0005
# Records are many small objects that form no cycles: looking for these after every few hundred of
# them took a third of the time of storing.
_COLLECT_AFTER = (20_000, 20, 100)


def tune() -> None:
    """Set up the interpreter of this process."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.set_threshold(*_COLLECT_AFTER)
