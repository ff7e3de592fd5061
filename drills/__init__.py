"""Drills: what is claimed of a server under faults, kills and load, shown.

`python -m drills` lists them, `python -m drills NAME --short` does one. A drill is a module of this
package with a function `drill(*, short: bool) -> Report`.
"""

import sys
from pathlib import Path

# What starts servers for tests starts them here.
sys.path.append(str(Path(__file__).parents[1] / "tests"))
