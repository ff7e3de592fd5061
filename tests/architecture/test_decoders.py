"""Decoders of types are made as their modules are loaded, by one thread.

Those that msgspec 0.22.0 made while servers answered ended some by a segmentation fault.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .tree import modules, name_of, tree

# Of these nothing is kept.
PLAIN = re.compile(r"dict\[str, (Any|str|int|msgspec\.Raw)\]")


def made_late(tree: ast.AST) -> Iterator[str]:
    """The types of decoders that are made whenever a function is called."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for call in ast.walk(function):
            if not isinstance(call, ast.Call):
                continue
            name = ast.unparse(call.func)
            if not re.fullmatch(r"msgspec\.(json|msgpack)\.(decode|Decoder)", name):
                continue
            named = [one.value for one in call.keywords if one.arg == "type"]
            types = [*named, *(call.args[:1] if name.endswith("Decoder") else call.args[1:2])]
            yield from (text for text in map(ast.unparse, types) if not PLAIN.fullmatch(text))


def test_what_is_made_late_is_seen() -> None:
    text = "def f(a):\n    return msgspec.json.decode(a, type=A), msgspec.json.Decoder(B)\n"
    assert [*made_late(ast.parse(text))] == ["A", "B"]


@pytest.mark.parametrize("module", modules(), ids=name_of)
def test_no_function_makes_one(module: Path) -> None:
    assert [*made_late(tree(module))] == []
