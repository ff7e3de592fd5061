"""Whether the time zone rules in force are old, as far as this machine knows."""

from collections.abc import Iterator
from pathlib import Path

from callistics.cli.doctor.checks import Check, Verdict
from callistics.timezones import rules_age, rules_version

_OF_THE_SYSTEM = Path("/usr/share/zoneinfo/tzdata.zi")
_VERSION = "# version "
_NAME = "time zone rules"
# There is a release in the first half of each year.
_OLD_DAYS = 550
_DAY = 86_400


def check_zone_rules(served: str | None) -> Iterator[Check]:
    """What there is to say of the rules here, and of those of a server that were `served`."""
    own = rules_version()
    system = _of_the_system()
    upgrade = "pip install --upgrade tzdata in the environment of Callistics, then restart it"
    if system > own:
        text = f"{own}, while the system of this machine has {system}"
        yield Check(_NAME, text, Verdict.WARN, upgrade)
    elif rules_age() > _OLD_DAYS * _DAY:
        yield Check(_NAME, f"{own}, of the year before", Verdict.WARN, upgrade)
    else:
        yield Check(_NAME, own)
    if served is not None and served < own:
        text = f"{served}, while {own} are installed here"
        yield Check("its time zone rules", text, Verdict.WARN, "restart the server")


def _of_the_system() -> str:
    """The release that the operating system has; nothing where it does not say."""
    try:
        with _OF_THE_SYSTEM.open(encoding="utf-8") as file:
            first = file.readline()
    except (OSError, ValueError):
        return ""
    return first.removeprefix(_VERSION).strip() if first.startswith(_VERSION) else ""
