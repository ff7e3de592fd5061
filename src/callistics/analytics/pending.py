"""The records that wait for required fields, which no query counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from callistics.compile.where import scope_conditions
from callistics.model.scope import EVERYTHING, Scope
from callistics.records.field import RecordKind
from callistics.records.fields import REQUIRED
from callistics.sql.aggregates import there
from callistics.sql.dialect import Dialect, Run, SqlRow
from callistics.sql.fragment import Sql, all_of, compose, raw

NAMED = 10
"""Of the records that wait for one reason, so many are named."""
_TABLES = {RecordKind.CALLS: "calls_held", RecordKind.LEADS: "lead_records"}


@dataclass(frozen=True, slots=True)
class PendingRecords:
    """Records of a kind that lack the same fields: how many, and (merchant_id, id) of the first."""

    kind: RecordKind
    missing: tuple[str, ...]
    count: int
    first: tuple[tuple[str, str], ...] = ()


class Pending:
    """Looks for what waits on one engine, given its dialect and a way to run a statement."""

    def __init__(self, dialect: Dialect, run: Run) -> None:
        self._dialect, self._run = dialect, run

    def count(self) -> int:
        """How many records wait, of all tenants."""
        return sum(
            self._count(kind, fields, EVERYTHING) for kind in RecordKind for fields in _lacks(kind)
        )

    def find(self, scope: Scope) -> list[PendingRecords]:
        """What waits within a scope, by kind and by what is missing, as far as anything does."""
        return [
            PendingRecords(kind, fields, number, self._first(kind, fields, scope))
            for kind in RecordKind
            for fields in _lacks(kind)
            if (number := self._count(kind, fields, scope))
        ]

    def _count(self, kind: RecordKind, fields: tuple[str, ...], scope: Scope) -> int:
        rows = self._records(kind, fields, scope)
        ((found,),) = self._ask(compose("SELECT count(*) FROM ({}) AS waiting", rows))
        return int(found or 0)

    def _first(
        self, kind: RecordKind, fields: tuple[str, ...], scope: Scope
    ) -> tuple[tuple[str, str], ...]:
        rows = self._records(kind, fields, scope)
        order = f"w.merchant_id, w.{kind.id_field}"
        found = self._ask(compose(f"{{}}\nORDER BY {order}\nLIMIT {NAMED}", rows))
        return tuple((str(merchant), str(record)) for merchant, record in found)

    def _records(self, kind: RecordKind, fields: tuple[str, ...], scope: Scope) -> Sql:
        identity = f"w.merchant_id, w.{kind.id_field}"
        source = f"{identity} FROM {_TABLES[kind]} AS w"
        return compose(
            f"SELECT {source}\nWHERE {{}}\nGROUP BY {identity}{{}}",
            all_of([*self._conditions(kind, fields), *scope_conditions(scope, "w", self._dialect)]),
            there(self._dialect.weight("w")),
        )

    def _conditions(self, kind: RecordKind, fields: tuple[str, ...]) -> Iterator[Sql]:
        for name in REQUIRED[kind]:
            yield raw(f"w.{name} IS {'' if name in fields else 'NOT '}NULL")
        if kind is RecordKind.LEADS:
            # A lead exists by its calls too.
            weight = self._dialect.weight("l")
            cancels = "" if weight is None else " GROUP BY l.merchant_id, l.lead_id"
            yield compose(
                "(w.merchant_id, w.lead_id) NOT IN (SELECT (l.merchant_id, l.lead_id)"
                f" FROM leads AS l{cancels}{{}})",
                there(weight),
            )

    def _ask(self, sql: Sql) -> Sequence[SqlRow]:
        return self._run(self._dialect.render(sql))


def _lacks(kind: RecordKind) -> Iterator[tuple[str, ...]]:
    """Each set of required fields that a stored record may lack."""
    names = REQUIRED[kind]
    for number in range(1, len(names) + 1):
        yield from combinations(names, number)
