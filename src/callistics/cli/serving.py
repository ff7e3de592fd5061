"""What a running server says of itself."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from callistics.cli.connect import server_answers
from callistics.client.options import verifying
from callistics.engines.diagnosis import ahead_problem

Fact = tuple[str, str]
_TIMEOUT = 5.0
_INFO = "callistics_info"
_AHEAD = "arrivals_ahead_seconds"
_PREFIX = "callistics_"


@dataclass(slots=True)
class Report:
    """Whether a server answers, facts for people, and what is wrong.

    `figures` are those that `/metrics` has without labels, without `callistics_` in their names;
    none where no admin key is given. `zone_rules` is the release it works with.
    """

    answers: bool
    facts: list[Fact] = field(default_factory=list[Fact])
    problems: list[str] = field(default_factory=list[str])
    figures: dict[str, float] = field(default_factory=dict[str, float])
    zone_rules: str | None = None


def report(url: str, key: str | None, certificate: str | None = None) -> Report:
    """Ask the server at an address. With an admin key it names its engine.

    `certificate` is that of this machine's own server.
    """
    url = url.rstrip("/")
    if not server_answers(url, certificate):
        return Report(answers=False, facts=[("server", f"{url} does not answer")])
    found = Report(answers=True, facts=[("server", f"{url} answers")])
    try:
        given: dict[str, Any] = {"verify": verifying(url, certificate), "trust_env": False}
        with httpx.Client(base_url=url, timeout=_TIMEOUT, **given) as client:
            _ask(client, key, found)
    except (httpx.HTTPError, ValueError) as error:
        found.problems.append(f"the server at {url} stopped answering: {error}")
    return found


def _ask(client: httpx.Client, key: str | None, found: Report) -> None:
    ready = client.get("/health/ready")
    if not ready.is_success:
        found.problems.append(f"the server at {client.base_url} is not ready: {_detail(ready)}")
    else:
        rules = ready.json().get("timezone_rules")
        found.zone_rules = rules
        found.facts.append(("its time zone rules", str(rules or "not told by this version")))
    version = client.get("/openapi.json").raise_for_status().json()["info"]["version"]
    found.facts.append(("its version", str(version)))
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    figures = client.get("/metrics", headers=headers)
    told = "told to an admin key: give one with --key"
    found.facts.append(("its engine", _engine(figures.text) if figures.is_success else told))
    if figures.is_success:
        found.figures = _figures(figures.text)
        ahead = ahead_problem(found.figures.get(_AHEAD, 0.0))
        found.problems += [ahead] if ahead else []


def _detail(answer: httpx.Response) -> str:
    body = answer.json()
    return str(body.get("detail") or body.get("title"))


def _figures(text: str) -> dict[str, float]:
    """The figures without labels in the text of `/metrics`."""
    lines = (line.split(" ") for line in text.splitlines() if line[:1].isalpha())
    plain = (line for line in lines if len(line) == 2 and "{" not in line[0])
    return {name.removeprefix(_PREFIX): float(value) for name, value in plain}


def _engine(figures: str) -> str:
    """The engine in the text of `/metrics`: `callistics_info{engine="Name 1.0",…} 1.0`."""
    line = next((one for one in figures.splitlines() if one.startswith(_INFO)), "")
    _, _, rest = line.partition('engine="')
    return rest.partition('"')[0] or "not told by this version"
