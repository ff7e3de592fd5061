"""Files stay small, functions documented, and nothing tells where packages come from."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from .tree import ROOT, committed, modules, name_of, text_of, tree

MAX_LINES = 300

# Written in pieces, so that this file does not name them either.
HOSTS = [
    "".join(parts)
    for parts in (
        ("pypi.", "org"),
        ("files.python", "hosted"),
        ("registry.", "npmjs"),
        ("npmjs.", "com"),
        ("deb.", "debian"),
        ("security.", "debian"),
        ("archive.", "ubuntu"),
        ("crates.", "io"),
        ("ghcr.", "io"),
        ("docker.", "io"),
        ("conda.", "anaconda"),
        ("hugging", "face.co"),
        ("astral.", "sh"),
        ("raw.github", "usercontent"),
        ("objects.github", "usercontent"),
        ("cdn.js", "delivr"),
        ("unpkg.", "com"),
    )
]
OPTIONS = re.compile(r"--(?:extra-)?index-url|--find-links|file:///", re.IGNORECASE)


def test_no_file_is_too_long() -> None:
    written = [one for one in committed() if one.suffix in {".css", ".html", ".js", ".py"}]
    lines = {name_of(one): one.read_text(encoding="utf-8").count("\n") for one in written}
    assert lines
    assert not {name: count for name, count in lines.items() if count > MAX_LINES}


def undocumented(module: ast.Module, name: str) -> Iterator[str]:
    """Public modules, classes, functions and methods without a docstring."""
    if not ast.get_docstring(module):
        yield name
    yield from _undocumented_in(module.body, name)


def _undocumented_in(body: list[ast.stmt], name: str) -> Iterator[str]:
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.name.startswith("_") or _only_types(node):
            continue
        if not ast.get_docstring(node):
            yield f"{name}: {node.name} (line {node.lineno})"
        if isinstance(node, ast.ClassDef):
            yield from _undocumented_in(node.body, f"{name}: {node.name}")


def _only_types(node: ast.stmt) -> bool:
    """Whether it is one of the signatures of what follows."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return any(isinstance(one, ast.Name) and one.id == "overload" for one in decorators)


def test_everything_public_has_a_docstring() -> None:
    assert not [one for path in modules() for one in undocumented(tree(path), name_of(path))]


def test_a_missing_docstring_is_found() -> None:
    source = '"""Here."""\nclass A:\n    """Here."""\n    def b(self): ...\n    def _c(self): ...\n'
    assert list(undocumented(ast.parse(source), "m")) == ["m: A: b (line 4)"]


def undefined_exports(module: ast.Module) -> set[str]:
    """Names in `__all__` that the module does not have."""
    exported: set[str] = set()
    defined: set[str] = set()
    for node in module.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            defined |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Assign):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            defined |= names
            if "__all__" in names:
                exported = set(ast.literal_eval(node.value))
    return exported - defined


def test_every_export_is_defined() -> None:
    undefined = {name_of(path): undefined_exports(tree(path)) for path in modules()}
    assert not {name: found for name, found in undefined.items() if found}


def test_an_undefined_export_is_found() -> None:
    assert undefined_exports(ast.parse('from a import b\n__all__ = ["b", "c"]')) == {"c"}


def places(text: str) -> list[str]:
    """What in a text tells where packages are downloaded from."""
    lower = text.lower()
    return [host for host in HOSTS if host in lower] + OPTIONS.findall(text)


def test_no_committed_file_names_a_package_index() -> None:
    own = Path(__file__)
    allowed = {"scripts/lock"}  # tells uv to leave them out
    named = {
        name_of(path): found
        for path in committed()
        if path != own and name_of(path) not in allowed and (found := places(text_of(path)))
    }
    assert not named


def test_a_package_index_is_found() -> None:
    assert places("--index-url https://" + HOSTS[0]) == [HOSTS[0], "--index-url"]


def test_every_committed_file_is_small() -> None:
    limit = 1_000_000
    assert not [name_of(path) for path in committed() if path.stat().st_size > limit]


def broken_links(path: Path) -> list[str]:
    """Relative links of a Markdown file to files that are not there; made pages are left out."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(path))
    local = [one for one in targets if "://" not in one and not one.startswith("mailto:")]
    made = (ROOT / "docs" / "reference").as_posix()
    return [
        one
        for one in local
        if not (path.parent / one).exists()
        and not (path.parent / one).resolve().as_posix().startswith(made)
    ]


def test_links_between_documents_lead_somewhere() -> None:
    documents = [path for path in committed() if path.suffix == ".md"]
    assert not {name_of(path): broken for path in documents if (broken := broken_links(path))}


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](page.md), [b](gone.md#part), [c](https://example.com/x)")
    assert broken_links(page) == ["gone.md"]
