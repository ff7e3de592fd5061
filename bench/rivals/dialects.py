"""How DuckDB and PostgreSQL say what the statements written by hand need."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bench.questions import Question
from bench.rivals.zones import offsets


class Dialect(Protocol):
    """What the two databases say differently."""

    @property
    def newest_status(self) -> str:
        """The aggregate over a lead's calls."""
        ...

    def instant(self, moment: datetime) -> str:
        """A literal."""
        ...

    def local(self, question: Question) -> str:
        """`started_at` as the clock of the question's zone shows it."""
        ...

    def city(self, name: str) -> str:
        """The condition that the payload has the city."""
        ...

    @property
    def seconds(self) -> str:
        """A duration in whole seconds, rounded half up."""
        ...


@dataclass(frozen=True, slots=True)
class RawDialect:
    """DuckDB's SQL. Implements `Dialect`; the days are those of the first and last call."""

    first: date
    last: date

    @property
    def newest_status(self) -> str:
        """Calls that brought none are passed over."""
        return "arg_max(status, started_at)"

    def instant(self, moment: datetime) -> str:
        """A timestamp without zone, in UTC as all are."""
        return f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S}'"

    def local(self, question: Question) -> str:
        """Arithmetic, as the functions for zones are slow."""
        changes = offsets(question, self.first, self.last)
        shifted = [_shifted(offset) for _, offset in changes]
        cases = "".join(
            f"WHEN started_at < {self.instant(begin)} THEN {shown} "
            for (begin, _), shown in zip(changes[1:], shifted, strict=False)
            if begin is not None
        )
        return f"CASE {cases}ELSE {shifted[-1]} END" if cases else shifted[-1]

    def city(self, name: str) -> str:
        """Of the VARIANT, which holds texts."""
        return f"variant_extract(payload, 'city')::VARCHAR = {quoted(name)}"

    @property
    def seconds(self) -> str:
        """Whole numbers throughout."""
        return "(duration_ms + 500) // 1000"


def _shifted(offset: timedelta) -> str:
    minutes = offset // timedelta(minutes=1)
    return f"(started_at + INTERVAL '{minutes} minutes')" if minutes else "started_at"


class PostgresDialect:
    """PostgreSQL's SQL. Implements `Dialect`."""

    @property
    def newest_status(self) -> str:
        """Calls that brought none are passed over."""
        return "(array_agg(status ORDER BY started_at DESC) FILTER (WHERE status IS NOT NULL))[1]"

    def instant(self, moment: datetime) -> str:
        """A timestamp with zone."""
        return f"TIMESTAMPTZ '{moment:%Y-%m-%d %H:%M:%S}+00'"

    def local(self, question: Question) -> str:
        """PostgreSQL's own knowledge of zones."""
        return f"(started_at AT TIME ZONE {quoted(question.zone)})"

    def city(self, name: str) -> str:
        """The form that the index serves."""
        return f"payload @> jsonb_build_object('city', {quoted(name)})"

    @property
    def seconds(self) -> str:
        """Whole numbers throughout."""
        return "(duration_ms + 500) / 1000"


def quoted(text: str) -> str:
    """A literal of the names that the synthetic data has."""
    return "'" + text.replace("'", "''") + "'"
