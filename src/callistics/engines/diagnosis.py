"""What there is to say of an engine without changing anything in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """An engine's name and version, facts for people, and everything that is wrong with it."""

    engine: str
    facts: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
