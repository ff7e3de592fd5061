"""How a process of the product runs, and ends."""

import subprocess
import sys

# What is registered first is called last.
ENDING = """
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count() > 1_000))
from callistics.runtime import tune
tune()
tune()
print(gc.get_freeze_count())
"""


def test_nothing_is_searched_for_cycles_at_the_end() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDING], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0", "True"]
