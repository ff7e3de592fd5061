"""Check what the lock files pin against known advisories: `make audit`.

Ends with exit code 1 where an advisory is known that `requirements/advisories.toml` does not let
pass, and 2 where the audit itself failed. A service that cannot be reached is a warning, as is a
package that no service knows.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "requirements"
LONGEST = timedelta(days=180)
"""How far ahead an entry of the ignore list may expire."""

# The second is asked where the first does not tell of every package.
_SERVICES = ("pypi", "osv")
# Whatever the HTTP client raises, a certificate that is not known here included, is the network's.
_UNREACHED = re.compile(
    r"requests\.exceptions\.|Could not connect|Timeout|ServiceError|not redirecting"
)
_MINUTES = 10


class AuditError(Exception):
    """The audit itself went wrong: not a matter of the network."""


@dataclass(frozen=True, order=True)
class Finding:
    """An advisory about a pinned package, under all its names, with the versions that mend it."""

    package: str
    version: str
    advisories: tuple[str, ...]
    fixed: tuple[str, ...]

    def __str__(self) -> str:
        fixed = f"fixed in {', '.join(self.fixed)}" if self.fixed else "no version mends it yet"
        return f"{self.package} {self.version}: {', '.join(self.advisories)}; {fixed}"


@dataclass(frozen=True)
class Checked:
    """What a service says: its findings, and the packages that it does not know."""

    findings: frozenset[Finding]
    unknown: frozenset[str]
    number: int

    @property
    def complete(self) -> bool:
        """Whether every package was looked up."""
        return not self.unknown


@dataclass(frozen=True)
class Ignored:
    """An advisory about a package that is let pass, why, and the last day on which it is."""

    id: str
    package: str
    reason: str
    expires: date

    def covers(self, finding: Finding, today: date) -> bool:
        """Whether a finding is let pass on a day."""
        named = self.package == finding.package and self.id in finding.advisories
        return named and today <= self.expires


def main(folder: Path = FOLDER) -> int:
    """Audit every lock file of a folder; 1 where an advisory is known that is not ignored."""
    locks, lists = sorted(folder.glob("*.txt")), folder / "advisories.toml"
    ignored, wrong = read_ignored(lists.read_text(encoding="utf-8"), today := _today())
    try:
        answers = audited(locks)
    except AuditError as error:
        print(error, file=sys.stderr)
        return 2
    for line in wrong:
        print(f"{lists.name}: {line}", file=sys.stderr)
    return 1 if judged(answers, ignored, today) or wrong else 0


def judged(answers: Sequence[Checked], ignored: Sequence[Ignored], today: date) -> list[Finding]:
    """Say what was found; the findings that are not ignored."""
    if not any(len(one.unknown) < one.number for one in answers):
        _warn("no package was checked: no advisory service that knows one was reached")
        return []
    findings = sorted(frozenset().union(*(one.findings for one in answers)))
    known = [one for one in findings if not any(each.covers(one, today) for each in ignored)]
    unknown = frozenset.intersection(*(one.unknown for one in answers))
    if unknown:
        _warn(f"no advisory service knows {', '.join(sorted(unknown))}")
    for finding in known:
        print(f"VULNERABLE {finding}", file=sys.stderr)
    number = max(one.number for one in answers) - len(unknown)
    ignored_ones = len(findings) - len(known)
    print(f"{number} packages checked, {len(known)} advisories, {ignored_ones} ignored.")
    return known


def audited(locks: Sequence[Path]) -> list[Checked]:
    """What the services say that could be reached."""
    answers: list[Checked] = []
    for service in _SERVICES:
        found = _asked(service, locks)
        answers += [found] if found else []
        if found and found.complete:
            break
    return answers


def _asked(service: str, locks: Sequence[Path]) -> Checked | None:
    """What one service says; None where it cannot be reached. Raises `AuditError`."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"]
    command += ["--vulnerability-service", service, "--format", "json", "--timeout", "15"]
    command += ["--progress-spinner", "off", *(f"--requirement={lock}" for lock in locks)]
    try:
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=60 * _MINUTES, check=False
        )
    except subprocess.TimeoutExpired:
        _warn(f"the advisory service {service} did not answer within {_MINUTES} minutes")
        return None
    return read_answer(service, ended.stdout, ended.stderr)


def read_answer(service: str, output: str, errors: str) -> Checked | None:
    """What pip-audit wrote; None where it could not reach the service. Raises `AuditError`."""
    if output.strip():
        return parsed(json.loads(output))
    last = (errors.strip().splitlines() or ["it said nothing"])[-1]
    if not _UNREACHED.search(errors):
        raise AuditError(f"pip-audit failed: {last}")
    _warn(f"the advisory service {service} cannot be reached: {last[:160]}")
    return None


def parsed(report: Mapping[str, Any]) -> Checked:
    """The JSON report of pip-audit."""
    packages = report["dependencies"]
    findings = {
        Finding(one["name"], one["version"], _names(found), tuple(found["fix_versions"]))
        for one in packages
        for found in one.get("vulns", ())
    }
    unknown = {one["name"] for one in packages if "skip_reason" in one}
    return Checked(frozenset(findings), frozenset(unknown), len(packages))


def _names(found: Mapping[str, Any]) -> tuple[str, ...]:
    return (found["id"], *sorted(found["aliases"]))


def read_ignored(text: str, today: date) -> tuple[list[Ignored], list[str]]:
    """The ignore list, and what is wrong with it: such entries ignore nothing."""
    entries: list[Ignored] = []
    wrong: list[str] = []
    for number, one in enumerate(tomllib.loads(text).get("ignored", ()), start=1):
        problem = _problem(one, today)
        if problem:
            wrong.append(f"entry {number} ({one.get('id', 'without an id')}): {problem}")
        else:
            entries.append(Ignored(**one))
    return entries, wrong


def _problem(entry: Mapping[str, Any], today: date) -> str | None:
    """What is wrong with an entry of the ignore list."""
    if entry.keys() != Ignored.__dataclass_fields__.keys():
        return f"must have exactly {', '.join(Ignored.__dataclass_fields__)}"
    if not all(str(entry[name]).strip() for name in ("id", "package", "reason")):
        return "id, package and reason must not be empty"
    if type(entry["expires"]) is not date:
        return "expires must be a date"
    if entry["expires"] < today:
        return f"expired on {entry['expires']}"
    if entry["expires"] > today + LONGEST:
        return f"expires more than {LONGEST.days} days ahead"
    return None


def _today() -> date:
    return datetime.now(UTC).date()


def _warn(text: str) -> None:
    print(f"WARNING: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
