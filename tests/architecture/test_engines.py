"""Only the engines know their databases: nobody else so much as names one."""

import ast
from collections.abc import Iterator
from pathlib import Path

from callistics.engines.registry import KINDS

from .tree import SOURCE, modules, tree

NAMES = (*KINDS, "clickhouse_connect")
# Where a name may stand all the same, and why.
ALLOWED = {
    "settings.py": "the default of the one setting that chooses, and its help",
    "files/arrow/types.py": "types of DuckDB's that Arrow files carry",
    "synthetic/parquet.py": "DuckDB as a library that writes Parquet files",
}


def inside(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def mentions(module: ast.Module) -> Iterator[str]:
    """Names and texts, docstrings too, that contain an engine's name."""
    for node in ast.walk(module):
        texts: list[str] = []
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts = [node.value]
        elif isinstance(node, ast.Name):
            texts = [node.id]
        elif isinstance(node, ast.Attribute):
            texts = [node.attr]
        elif isinstance(node, ast.Import):
            texts = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            texts = [node.module or "", *(alias.name for alias in node.names)]
        for text in texts:
            if any(name in text.lower() for name in NAMES):
                yield f"line {getattr(node, 'lineno', 0)}: {text[:80]!r}"


def test_no_engine_is_named() -> None:
    others = [path for path in modules() if not inside(path).startswith("engines/")]
    named = {inside(path): found for path in others if (found := list(mentions(tree(path))))}
    assert not {name: found for name, found in named.items() if name not in ALLOWED}
    assert named.keys() == ALLOWED.keys(), "what names none needs no exception"


def test_a_mention_is_found() -> None:
    sources = ("import duckdb", "x = 'ClickHouse'", "from a import chdb_b", "a.duckdb_x")
    assert all(list(mentions(ast.parse(source))) for source in sources)


def test_a_database_file_is_opened_in_one_way() -> None:
    """What guards a connection is the same for all of them."""
    embedded = [path for path in modules() if inside(path).startswith("engines/")]
    openers = [
        inside(path) for path in embedded if any(opens(node) for node in ast.walk(tree(path)))
    ]
    assert openers == ["engines/duckdb/connecting.py"]


def opens(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "duckdb.connect"
