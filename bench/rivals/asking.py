"""Putting the product's questions to a rival, and its answers beside the product's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic
from typing import Any

from bench.cells import WARM, Name, cells
from bench.population import Population
from bench.questions import TYPES, Question, stream
from bench.rivals import comparing
from bench.rivals.dialects import Dialect
from bench.rivals.sql import statement
from bench.run import say

MOST, SECONDS = 40, 1.2
Rows = list[tuple[Any, ...]]
Ask = Callable[[str], tuple[float, Rows]]
"""Runs a statement; gives milliseconds and rows."""
Answers = Mapping[str, Mapping[str, list[dict[str, Any]]]]
"""The product's rows by cell and by place in the order of asking."""


@dataclass(slots=True)
class Timed:
    """Times by cell, ms, in the product's order of questions; how many answers were compared."""

    times: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    compared: int = 0
    differing: list[str] = field(default_factory=list[str])


def timed(ask: Ask, dialect: Dialect, people: Population, answers: Answers, *, least: int) -> Timed:
    """Ask each cell's questions, `least` at least and more where they are quick."""
    found = Timed()
    for name in cells():
        if name.query_type == TYPES[0]:
            say(f"  scope {name.scope}")
        questions = stream(name.scope, name.query_type, people)
        # Of the product's questions to warm up with one is enough: the slow ones take seconds.
        for question in list(islice(questions, WARM))[-1:]:
            ask(statement(question, dialect))
        found.times[str(name)] = times = list[float]()
        end = monotonic() + SECONDS
        for place, question in enumerate(islice(questions, MOST)):
            taken, rows = ask(statement(question, dialect))
            times.append(taken)
            answer = answers[str(name)].get(str(place))
            if answer is not None:
                _compare(found, name, question, answer, rows)
            if len(times) >= least and monotonic() > end:
                break
    return found


def _compare(
    found: Timed, name: Name, question: Question, answer: list[dict[str, Any]], rows: Rows
) -> None:
    found.compared += 1
    own, other = (
        comparing.product(name.query_type, answer),
        comparing.rival(name.query_type, rows),
    )
    if own != other:
        differing = dict(sorted(own.items() ^ other.items())[:4])
        found.differing.append(f"{name} {question.body.decode()}: {differing}")
