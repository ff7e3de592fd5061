"""Every command that the documentation and the help show is one, with options that there are."""

import ast
import re
from collections.abc import Callable, Iterator

import click
import pytest

from callistics.cli import main
from support.pages import PAGES, ROOT, shell_lines, words_of

from .test_commands import commands

Refusal = Callable[[list[str]], str | None]
ENDS = {"|", ">", ">>", "<", "&&", ";"}
BEFORE = re.compile(r"\w+=.*|\|\||&&|\||;|--|eval")


def calls(words: list[str]) -> Iterator[list[str]]:
    """The arguments of each `callistics` among the words of a line."""
    for place, word in enumerate(words):
        begins = place == 0 or BEFORE.fullmatch(words[place - 1])
        if begins and re.fullmatch(r"(\w+=\$\()?(\S*/bin/)?callistics", word):
            rest = words[place + 1 :]
            end = next((n for n, one in enumerate(rest) if one in ENDS), len(rest))
            if end:
                yield [one.rstrip(")") for one in rest[:end]]


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch) -> Refusal:
    """What is wrong with arguments before anything is done; files need not be there."""

    def refusal(arguments: list[str]) -> str | None:
        try:
            main.main(arguments, standalone_mode=False)
        except click.ClickException as error:
            return None if "does not exist" in error.message else error.format_message()
        return None

    monkeypatch.setattr(click.Command, "invoke", lambda *_: None)
    return refusal


SHOWN = [
    pytest.param(one, id=f"{page.relative_to(ROOT)}: {' '.join(one)}")
    for page in PAGES
    for words in shell_lines(page)
    for one in calls(words)
]


@pytest.mark.parametrize("arguments", SHOWN)
def test_a_page_shows_commands_that_there_are(arguments: list[str], refusal: Refusal) -> None:
    assert refusal(arguments) is None


def epilogs() -> Iterator[tuple[str, str]]:
    """Each command's name, and the examples of its help."""
    yield "", main.epilog or ""
    for name in commands():
        command: click.Command = main
        for one in name:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(main), one)
            assert found is not None
            command = found
        yield " ".join(name), command.epilog or ""


@pytest.mark.parametrize(("name", "epilog"), [*epilogs()])
def test_a_help_shows_commands_that_there_are(name: str, epilog: str, refusal: Refusal) -> None:
    _, _, examples = epilog.partition(":")
    shown = [one for words in words_of(examples) for one in calls(words)]
    assert shown, name
    assert [refusal(one) for one in shown] == [None] * len(shown)


def told() -> set[str]:
    """Every command that a text of the product names in backticks."""
    files = sorted((ROOT / "src" / "callistics").rglob("*.py"))
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8"))))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant))
    spans = (re.findall(r"`(callistics [^`.]+)`", one) for one in texts if isinstance(one, str))
    return {" ".join(span.split()) for found in spans for span in found}


def test_what_the_product_tells_to_run_are_commands_that_there_are(refusal: Refusal) -> None:
    found = {line: refusal(line.split()[1:]) or "" for line in told()}
    assert "callistics serve --accept-loss" in found
    assert not [line for line, reason in found.items() if reason.startswith("No such")]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("callistics qeury call_count", "No such command 'qeury'"),
        ("callistics query call_count --form csv", "No such option"),
        ("A=1 callistics query call_count --format cvs > x.csv", "not one of"),
        ("cat x | /opt/bin/callistics webhook create", "Missing argument"),
    ],
)
def test_what_is_none_is_found(line: str, what: str, refusal: Refusal) -> None:
    (found,) = [one for words in words_of(line) for one in calls(words)]
    assert what in (refusal(found) or "")
