"""The finished parts of a run as one Markdown document and one JSON file."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.parts import PARTS
from bench.report import Result, load, show
from bench.run import Run

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def write(run: Run) -> str:
    """Write `all.json` beside the parts' own files; gives the Markdown."""
    found = {name: load(path) for name in PARTS if (path := run.results / f"{name}.json").exists()}
    if not found:
        raise FileNotFoundError(f"{run.results} holds no results")
    content = {name: facts for name, (_, facts) in found.items()}
    text = json.dumps({"run": run.name, "parts": content}, indent=1, ensure_ascii=False)
    (run.results / "all.json").write_text(text + "\n", encoding="utf-8")
    return "\n".join(_document(run, found))


def insert(text: str, path: Path) -> None:
    """Put the text between the marks of a file. Raises `ValueError` where it has none."""
    content = path.read_text(encoding="utf-8")
    before, begin, rest = content.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path}: has no {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def _document(run: Run, found: Mapping[str, tuple[Result, dict[str, Any]]]) -> Iterator[str]:
    newest = max((facts for _, facts in found.values()), key=lambda facts: facts["date"])
    yield f"{run.calls:,} synthetic calls on {run.engine}. {_facts(newest)}\n"
    for name, (result, facts) in found.items():
        yield f"## {PARTS[name].title}\n"
        yield show(result)
        yield f"{_measured(name, facts)}\n"


def _facts(facts: Mapping[str, Any]) -> str:
    machine, versions = facts["machine"], facts["versions"]
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB,"
        f" {machine['system']}; {listed}."
    )


def _measured(name: str, facts: Mapping[str, Any]) -> str:
    older = f" beside {facts['beside']}" if facts.get("beside") else ""
    return (
        f"*Part `{name}`: {facts['date'][:10]}, revision {facts['revision']}{older},"
        f" {facts['calls']:,} calls, {facts['seconds']:,.0f} s; other processes took"
        f" {facts['other_cores']:.2f} cores meanwhile.*"
    )
