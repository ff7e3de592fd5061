"""Makes the script that the dashboard draws with, out of the installed vl-convert-python.

And puts the page of metric definitions into the wheel, where the tools of `callistics mcp` read it;
in a clone they read it in docs/.

Nothing is downloaded: the package carries the libraries. They come as one ES module that exports
what a page needs, `expressionInterpreter` among it, with which no text is ever run as a program.
"""

from pathlib import Path
from typing import Any

import vl_convert
from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TARGET = Path("src", "callistics", "dashboard", "static", "vendor", "charts.js")
# As vl-convert-python 1.9 carries them; a version that it lacks ends the build.
LIBRARIES = {"vega": "6.2.0", "vega-lite": "6.4.1", "vega-interpreter": "2.0.0"}
DEFINITIONS = ("docs/metric-definitions.md", "callistics/metric-definitions.md")
EXPORTS = {
    "vega": ("View", "locale", "parse"),
    "vega-lite": ("compile",),
    "vega-interpreter": ("expressionInterpreter",),
}


class ChartsHook(BuildHookInterface[BuilderConfig]):
    """Runs before a wheel is built, an editable one too."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the script, and have it in the wheel although it is not committed."""
        target = Path(self.root, TARGET)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Replaced at once, as a server may be reading it.
        made = target.with_suffix(".new")
        made.write_text(script(), encoding="utf-8")
        made.replace(target)
        build_data["artifacts"].append(TARGET.as_posix())
        if version != "editable":
            source, packaged = DEFINITIONS
            build_data["force_include"][str(Path(self.root, source))] = packaged


def script() -> str:
    """The ES module. Raises `RuntimeError` where the installed package has other libraries."""
    imports = [
        f'import {{ {", ".join(names)} }} from "/npm/{library}@{LIBRARIES[library]}/+esm";'
        for library, names in EXPORTS.items()
    ]
    exported = ", ".join(name for names in EXPORTS.values() for name in names)
    versions = ", ".join(f"{name} {version}" for name, version in LIBRARIES.items())
    try:
        bundle = vl_convert.javascript_bundle("\n".join([*imports, f"export {{ {exported} }};"]))
    except BaseException as error:
        # It panics, which is no `Exception`, where a library is not of the version named.
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise RuntimeError(f"vl-convert-python does not carry {versions}: {error}") from error
    return f"/* {versions}; licences: LICENSES.txt */\n{bundle}\n"
