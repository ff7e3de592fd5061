"""The rows that are new, in the order of the cursor, each with its key."""

from collections.abc import Container, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg import Connection, DataError, sql

from callistics.cli.root import Failure
from callistics.cli.syncing.connecting import asking
from callistics.cli.syncing.state import Position
from callistics.cli.syncing.table import DATE, SOURCE, TIMES, Column, Relation
from callistics.cli.syncing.values import refusal
from callistics.mapping.times import DateText

DELETED = "(deleted)"
"""The name of the column that says whether a row has a tombstone."""
_AT_A_TIME = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row's values by the place of their columns, or what is wrong with one, and its key."""

    cells: Mapping[int, object]
    position: Position
    wrong: str | None = None


@dataclass(frozen=True, slots=True)
class Since:
    """From where rows are read: those after `position`, and those up to `overlap` before it.

    `overlap` is in microseconds where the cursor is a time, else in its own unit. `zone` is that
    of a cursor without one.
    """

    position: Position | None
    overlap: int
    zone: str | None


def column_names(relation: Relation) -> list[str]:
    """The columns that a mapping sees."""
    return [*relation.names, *([DELETED] if relation.deleted is not None else [])]


def rows(
    connection: Connection[Any],
    relation: Relation,
    places: Sequence[int],
    since: Since,
    dated: Container[int] = (),
) -> Generator[Row]:
    """Read the columns at some places of `column_names`; dates of those `dated` as `DateText`.

    Raises `UnreadableError` where the connection is lost, `Failure` where they cannot be read.
    """
    with asking(), connection.cursor(name="callistics_sync") as cursor:
        cursor.itersize = _AT_A_TIME
        cursor.execute(_select(relation, places, since))
        names = column_names(relation)
        dates = [place for place in places if place in dated and _has_dates(relation, place)]
        found = (_row(one, places, names, relation) for one in cursor)
        for row in found if since.overlap else _distinct(found, relation):
            yield row if not dates else replace(row, cells=_told_apart(row.cells, dates))


def _distinct(rows: Iterator[Row], relation: Relation) -> Iterator[Row]:
    """The rows, none of which has the position of another: it would be passed over unread.

    Raises `Failure` before the first of two, so that no position is kept between them.
    """
    before: Row | None = None
    for row in rows:
        if before is not None:
            if before.position == row.position:
                raise Failure(_same(row.position, relation))
            yield before
        before = row
    if before is not None:
        yield before


def _same(position: Position, relation: Relation) -> str:
    names = ", ".join(one.name for one in relation.tie)
    return (
        f"several rows have the {relation.cursor.name} {position.cursor} and the same {names}"
        f" ({', '.join(position.tie)}): name columns that tell all rows apart with --tie, or read"
        " some rows again with --overlap"
    )


def _has_dates(relation: Relation, place: int) -> bool:
    return place < len(relation.columns) and relation.columns[place].type in {*TIMES, DATE}


def _told_apart(cells: Mapping[int, object], dates: Sequence[int]) -> Mapping[int, object]:
    found = {place: cells[place] for place in dates}
    texts = {place: DateText(one) for place, one in found.items() if isinstance(one, str)}
    return {**cells, **texts}


def _row(
    found: Sequence[Any], places: Sequence[int], names: Sequence[str], relation: Relation
) -> Row:
    cells = dict(zip(places, found, strict=False))
    cursor, *tie = found[len(places) :]
    if None in tie:
        name = relation.tie[tie.index(None)].name
        raise Failure(f'--tie: "{name}" is null in a row; name columns that tell all rows apart')
    wrong = next(
        (f"{names[place]}: {why}" for place, value in cells.items() if (why := refusal(value))),
        None,
    )
    return Row(cells, Position(cursor, tuple(tie)), wrong)


def _select(relation: Relation, places: Sequence[int], since: Since) -> sql.Composed:
    shown = [_shown(relation, place) for place in places]
    keys = [_name(relation.cursor), *map(_name, relation.tie)]
    texts = [sql.SQL("{}::text").format(key) for key in keys]
    conditions = [_usable(relation), _not_ahead(relation, since.zone)]
    if since.position is not None:
        conditions.append(_after(relation, since, since.position))
    return sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {}").format(
        sql.SQL(", ").join([*shown, *texts]),
        relation.source,
        sql.SQL(" AND ").join(conditions),
        sql.SQL(", ").join(keys),
    )


def _name(column: Column) -> sql.Identifier:
    # In full: what is selected may have the same name, and be sorted as a text.
    return sql.Identifier(SOURCE, column.name)


def _shown(relation: Relation, place: int) -> sql.Composable:
    if place < len(relation.columns):
        return _name(relation.columns[place])
    assert relation.deleted is not None
    test = " IS TRUE" if relation.deleted.type == "boolean" else " IS NOT NULL"
    return sql.SQL("({}{})").format(_name(relation.deleted), sql.SQL(test))


def _usable(relation: Relation) -> sql.Composable:
    test = "{} IS NOT NULL" if relation.counts else "isfinite({})"
    return sql.SQL(test).format(_name(relation.cursor))


def _not_ahead(relation: Relation, zone: str | None) -> sql.Composable:
    """Rows of the future wait: a position there would pass over all that come before it."""
    if relation.counts:
        return sql.SQL("true")
    now = sql.SQL("now() AT TIME ZONE {}").format(zone) if relation.needs_zone else sql.SQL("now()")
    return sql.SQL("{} <= {}").format(_name(relation.cursor), now)


def _after(relation: Relation, since: Since, position: Position) -> sql.Composable:
    columns = (relation.cursor, *relation.tie)
    values = [_literal(*one) for one in zip((position.cursor, *position.tie), columns, strict=True)]
    if not since.overlap:
        keys = sql.SQL(", ").join(map(_name, columns))
        return sql.SQL("({}) > ({})").format(keys, sql.SQL(", ").join(values))
    before: sql.Composable = sql.SQL("{} - {}::bigint").format(values[0], since.overlap)
    if not relation.counts:
        text = f"{since.overlap} microseconds"
        before = sql.SQL("{} - {}::interval").format(values[0], text)
    return sql.SQL("{} >= {}").format(_name(relation.cursor), before)


def _literal(value: str, column: Column) -> sql.Composable:
    # The name of a type is the server's own word for it, quoted where that is needed.
    type_ = sql.SQL(column.type)  # pyright: ignore[reportArgumentType]
    return sql.SQL("{}::{}").format(value, type_)


def wrong_position(
    connection: Connection[Any], relation: Relation, position: Position
) -> str | None:
    """Why rows cannot be compared with a position; None where they can be."""
    columns = (relation.cursor, *relation.tie)
    cursor, *tie = (
        _literal(*one) for one in zip((position.cursor, *position.tie), columns, strict=True)
    )
    usable = sql.SQL("{} IS NOT NULL" if relation.counts else "isfinite({})").format(cursor)
    try:
        with asking():
            found = connection.execute(
                sql.SQL("SELECT {}").format(sql.SQL(", ").join([usable, *tie]))
            ).fetchone()
    except Failure as error:
        if isinstance(error.__cause__, DataError):
            return f"its position: {error.__cause__.diag.message_primary or error.__cause__}"
        raise
    return None if found is not None and found[0] else f"its position is {position.cursor}"


def gone_back(connection: Connection[Any], relation: Relation, since: Since) -> str | None:
    """The highest value of the cursor where that is before the position; None elsewhere."""
    if since.position is None:
        return None
    usable = sql.SQL(" AND ").join([_usable(relation), _not_ahead(relation, since.zone)])
    highest = sql.SQL("max({})").format(_name(relation.cursor))
    position = _literal(since.position.cursor, relation.cursor)
    with asking():
        found = connection.execute(
            sql.SQL(
                "SELECT {highest}::text FROM {source} WHERE {usable} HAVING {highest} < {at}"
            ).format(highest=highest, source=relation.source, usable=usable, at=position)
        ).fetchone()
    return None if found is None else str(found[0])


def left_out(connection: Connection[Any], relation: Relation, since: Since) -> tuple[int, int]:
    """How many rows have no usable value of the cursor, and how many are of the future."""
    statement = sql.SQL("SELECT count(*) FROM {} WHERE {}")
    cursor = _name(relation.cursor)
    none = sql.SQL("{} IS NULL").format(cursor)
    if not relation.counts:
        none = sql.SQL("({} IS NULL OR {} = '-infinity')").format(cursor, cursor)
    ahead = sql.SQL("NOT {}").format(_not_ahead(relation, since.zone))
    with asking():
        counts = [
            connection.execute(statement.format(relation.source, one)).fetchone()
            for one in (none, ahead)
        ]
    assert counts[0] is not None
    assert counts[1] is not None
    return int(counts[0][0]), int(counts[1][0])
