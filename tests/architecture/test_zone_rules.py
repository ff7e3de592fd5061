"""Time zones have one source: no other file asks Python, the machine or an engine for rules."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from .tree import ROOT, SOURCE, committed, name_of, tree

# The product's source, the oracle's own, and the test that compares with the machine's.
SOURCES = {
    "src/callistics/timezones.py",
    "tests/oracle/reference/zones.py",
    "tests/unit/test_timezones.py",
}
LIBRARIES = {"dateutil", "pytz", "tzdata", "tzlocal", "zoneinfo"}
# Not the rules themselves, but the release that is expected to be named.
NAMES_THE_RELEASE = {"tests/api/test_health.py", "tests/cli/test_commands.py"}
# The linter finds what else of Python takes the machine's zone, such as `date.today`.
LOCAL = {"localtime", "mktime", "tzset"}
STATEMENTS = [path for path in committed() if path.suffix == ".sql"]
ZONED = re.compile(
    r"AT TIME ZONE|toTimeZone|timezone\s*\(|TIMESTAMPTZ|WITH TIME ZONE|current_date"
    # Of SQL, not of Python.
    r"|(?<!\binstants\.)\bnow\(\)",
    re.IGNORECASE,
)
TYPES = re.compile(r"(?<!to)\bDateTime(?:64)?\b(?:\([^)]*\))?")


def files() -> list[Path]:
    return [path for path in committed() if path.suffix == ".py" and name_of(path) not in SOURCES]


def imports(module: ast.Module) -> Iterator[str]:
    """Libraries of zones that a module imports."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        yield from {name.partition(".")[0] for name in names} & LIBRARIES


def local_calls(module: ast.Module) -> Iterator[str]:
    """Calls that answer by the clocks of the machine."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, given = node.func.attr, bool(node.args or node.keywords)
        if name in LOCAL or (name == "astimezone" and not given):
            yield f"{name} (line {node.lineno})"


def other_rules(path: Path) -> set[str]:
    """What a file uses other than the one source of rules."""
    allowed = {"tzdata"} if name_of(path) in NAMES_THE_RELEASE else set[str]()
    return (set(imports(tree(path))) - allowed) | set(local_calls(tree(path)))


def test_rules_come_from_one_file() -> None:
    assert files()
    assert not {name_of(path): found for path in files() if (found := other_rules(path))}


def test_another_source_is_found() -> None:
    code = "import zoneinfo as z\nfrom pytz.reference import Local\nfrom .zoneinfo import x\n"
    assert sorted(imports(ast.parse(code))) == ["pytz", "zoneinfo"]
    code = "a.astimezone()\na.astimezone(b)\na.astimezone(tz=b)\ntime.localtime(0)\n"
    assert list(local_calls(ast.parse(code))) == ["astimezone (line 1)", "localtime (line 4)"]


def zones_asked_for(path: Path) -> list[str]:
    """What in a statement leaves a zone to an engine."""
    text = path.read_text(encoding="utf-8")
    return ZONED.findall(text) + [kind for kind in TYPES.findall(text) if "'UTC'" not in kind]


def test_no_statement_asks_an_engine_for_a_zone() -> None:
    assert not {name_of(path): found for path in STATEMENTS if (found := zones_asked_for(path))}


def test_the_engines_are_told_no_zone_but_utc() -> None:
    for path in (SOURCE / "engines").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not ZONED.findall(text), name_of(path)


def test_there_are_statements_to_look_at() -> None:
    names = {name_of(path).split("/")[0] for path in STATEMENTS}
    assert {"src", "tests"} <= names
    assert (ROOT / "tests/golden").is_dir()
