"""A setting that nothing reads would be accepted and ignored."""

import ast

from callistics.setting_table import table

from .tree import SOURCE, modules, tree


def _is_settings(node: ast.expr) -> bool:
    """Whether an expression is called settings: `settings`, or `something.settings`."""
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
    return name == "settings"


def read() -> set[str]:
    """Every attribute that the source reads of settings."""
    return {
        node.attr
        for path in modules()
        if path != SOURCE / "settings.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and _is_settings(node.value)
    }


def test_every_setting_is_read() -> None:
    assert not {info.name for info in table()} - read()
