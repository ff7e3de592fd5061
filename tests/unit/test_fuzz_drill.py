"""The drill of fuzzing: what few inputs show of the product, and that it would find a failure."""

from pathlib import Path

import pytest
from drills import fuzz
from drills.fuzz_loop import Loop, Target

from callistics.model.instants import parse_iso


@pytest.mark.slow
def test_every_decoder_ends_in_what_it_gives_or_in_a_declared_error() -> None:
    report = fuzz.drill(short=True)
    assert report.passed, report.markdown


def test_an_undeclared_error_is_found_made_small_and_kept(tmp_path: Path) -> None:
    def read(data: bytes) -> None:
        if data.count(b"x") > 1:
            raise KeyError("two of them")

    found = Loop(Target("two", read, [b"a long x of samples"], (ValueError,)), 1).run(60, 200)
    assert list(found.failures.values()) == [b"xx"]
    (line,) = found.kept_in(tmp_path)
    assert Path(line.rpartition(" ")[2]).read_bytes() == b"xx"


def test_a_declared_error_is_none() -> None:
    def read(data: bytes) -> None:
        raise ValueError(data)

    assert not Loop(Target("refuses", read, [b"a"], (ValueError,)), 1).run(60, 20).failures


def test_inputs_that_reach_new_lines_are_kept() -> None:
    def read(data: bytes) -> None:
        parse_iso(data.decode())

    found = Loop(Target("times", read, [b"2025-01-31"], (ValueError,)), 1).run(60, 300)
    assert found.kept > 1
    assert found.reached > 10
