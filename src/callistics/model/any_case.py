"""Beginnings of texts without regard to case, as one regular expression for every engine."""


def any_case(prefix: str) -> str:
    """The pattern of texts that begin so, each letter as it is or as its other case.

    The other case of a letter is one letter: that of "ß" and of a letter without one is itself.
    Every character is written by its number, so that none is read as a part of the pattern.
    """
    return "^" + "".join(f"[{_either(letter)}]" for letter in prefix)


def _either(letter: str) -> str:
    cases = {case for case in (letter, letter.lower(), letter.upper()) if len(case) == 1}
    return "".join(f"\\x{{{ord(case):X}}}" for case in sorted(cases))
