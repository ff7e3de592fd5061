"""Query parameters that more than one endpoint has."""

import re
from collections.abc import Mapping, Sequence

from callistics.errors import Problem, Refused, invalid, malformed

LIMIT = "limit"
_WHOLE = re.compile("-?[0-9]{1,20}", re.ASCII)


def refused(problems: Sequence[Problem]) -> Refused:
    """What is raised where query parameters are wrong: there is no body that could be named."""
    return Refused(problems, "; ".join(problem.message for problem in problems))


def read_limit(given: Mapping[str, str], default: int, most: int, problems: list[Problem]) -> int:
    """The parameter `limit`, from 1 to `most`; where it is wrong, the default."""
    text = given.get(LIMIT)
    if text is None:
        return default
    if not _WHOLE.fullmatch(text):
        message = f"the query parameter {LIMIT} must be a whole number"
        problems.append(malformed("", message, text))
        return default
    if not 1 <= int(text) <= most:
        message = f"the query parameter {LIMIT} must be from 1 to {most:,}"
        problems.append(invalid("", message, text))
        return default
    return int(text)
