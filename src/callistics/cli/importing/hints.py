"""Options that would help with what a preview did not understand."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from callistics.cli.importing.header_hints import about_header, about_names
from callistics.cli.importing.number_hints import about_numbers, about_unit
from callistics.files.preview import Column, Preview
from callistics.mapping import times
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.numbers import number
from callistics.mapping.sources import PLUS
from callistics.mapping.times import AmbiguousDateError
from callistics.mapping.values import word_of
from callistics.mapping.words import KNOWN
from callistics.model.instants import utc_text
from callistics.model.json import as_list, as_object
from callistics.records import field_types as types
from callistics.records.field import RecordField, RecordKind
from callistics.records.fields import ALL_FIELDS, REQUIRED
from callistics.texts import counted

_NULLS = frozenset(
    {"null", "\\n", "n/a", "na", "none", "nan", "nil", "-", "--", "undefined", "#n/a"}
)
_OFTEN = 50
_LOOKED_AT = 100
_LAST_MONTH = "12"
_SHOWN = 5
# Of a day, a month and a year.
_DIGITS = re.compile(r"\d.*\d.*\d", re.ASCII | re.DOTALL)
_DATE = re.compile(
    r"\d{1,2}([/.-])\d{1,2}\1\d{4}(?:(,? +|T)\d{1,2}:\d\d(:\d\d)?( ?[APap][Mm])?)?", re.ASCII
)


def hints(found: Preview, mapping: RecordMapping) -> list[str]:
    """Sentences, each with the option that would help; none twice."""
    said = [*about_header(found), *_about_document(found, mapping), *_about_encoding(found)]
    said += about_names(found, mapping)
    for column in found.columns:
        said += _about_nulls(column, mapping)
        for target in column.targets or ():
            said += _about(target, column, mapping)
    said += [*_about_required(found, mapping), *_about_hashes(found, mapping)]
    return list(dict.fromkeys(said))


def _about(target: str, column: Column, mapping: RecordMapping) -> Iterator[str]:
    field = ALL_FIELDS[mapping.kind].get(target)
    rule = mapping.fields.get(target)
    if field is None or (rule is not None and (rule.hashed or len(rule.sources) > 1)):
        return
    values = [(line, value) for line, value in column.values if word_of(value) not in mapping.nulls]
    if _is_time(field):
        if rule is None or not (rule.unit or rule.formats):
            is_half = rule is not None and PLUS in "".join(rule.sources)
            yield from _about_times(target, values, " %H:%M:%S" if is_half else "")
        elif rule.formats:
            yield from _about_swapped(column.name, rule.formats, [value for _, value in values])
    elif field.type.choices:
        yield from _about_words(field, values, set(rule.words) if rule else set())
    elif field.type in (types.DURATION, types.COST, types.SENTIMENT, types.ATTEMPT):
        yield from about_numbers(target, values, mapping)
        has_unit = rule is not None and (rule.unit or rule.scale is not None)
        if not has_unit:
            yield from about_unit(field, column.name, values)


def _about_times(target: str, values: Sequence[tuple[int, object]], clock: str) -> Iterator[str]:
    """`clock` is the format of the time of day where that is in another column."""
    for _, value in values:
        units = times.units_of(value)
        if units:
            yield f"{target} is counted since 1970 ({value}): --unit {target}={units[0]}"
            return
    either = [(line, *found) for line, value in values if (found := _either_way(value))]
    for line, text, day, month in either[:2]:
        yield f"line {line:,}: {text} is {day} if the day comes first, {month} if the month does"
    if either:
        forms = " or ".join(
            f"--time-format {target}='{form}{clock}'" for form in _formats(values, either[0][1])
        )
        yield f"which of day and month comes first is not guessed: {forms}"
    strange = next((text for _, value in values if not clock and (text := _strange(value))), None)
    if strange is not None:
        yield (
            f"{target}: {strange} is of no form that is known: --time-format {target}=FORMAT, made"
            " of %d %m %Y (%y: two digits), %b (Jan), %H %M %S, or %I and %p (AM, PM)"
        )


def _about_swapped(name: str, formats: Sequence[str], values: Sequence[object]) -> Iterator[str]:
    """A program that puts the month first makes dates of the texts that it can read so."""
    dates = [value for value in values if isinstance(value, times.DateText)]
    days = {value[8:10] for value in dates}
    texts = [value for value in values if not isinstance(value, times.DateText)]
    if dates and texts and max(days) <= _LAST_MONTH < min(_days(texts, formats), default=""):
        yield (
            f'"{name}" has {len(dates):,} dates, of days up to the 12th, and {len(texts):,} texts,'
            " of later days: a program that takes the month first has made dates of what it could,"
            " with day and month exchanged. Export the file again, with this column as text"
        )


def _days(texts: Sequence[object], formats: Sequence[str]) -> Iterator[str]:
    for text in texts:
        with suppress(ValueError):
            yield utc_text(times.by_format(str(text).strip(), formats).local)[8:10]


def _either_way(value: object) -> tuple[str, str, str] | None:
    text = times.with_blanks(value) if isinstance(value, str) else ""
    try:
        times.read(text)
    except AmbiguousDateError as error:
        return (text, *error.readings)
    except ValueError:
        return None
    return None


def _strange(value: object) -> str | None:
    """A text that is no time, though there are numbers in it."""
    text = times.with_blanks(value) if isinstance(value, str) else ""
    try:
        if times.read(text) is not None:
            return None
    except AmbiguousDateError:
        return None
    except ValueError:
        # A date that does not exist.
        pass
    return text if number(text) is None and _DIGITS.search(text) else None


def _formats(values: Sequence[tuple[int, object]], text: str) -> list[str]:
    """The formats that all dates of a column would fit, by the shape of one."""
    shape = _DATE.fullmatch(text.strip())
    if shape is None:
        return ["FORMAT"]
    mark, apart, seconds, half = shape.groups()
    clock = f"{'%I' if half else '%H'}:%M{':%S' if seconds else ''}"
    clock += "" if not half else " %p" if half.startswith(" ") else "%p"
    rest = f"{apart}{clock}" if apart else ""
    firsts, seconds_ = _parts(values, mark)
    orders = [("%d", "%m", seconds_), ("%m", "%d", firsts)]
    fits = [(a, b) for a, b, months in orders if all(month <= 12 for month in months)]
    return [f"{a}{mark}{b}{mark}%Y{rest}" for a, b in fits or [("%d", "%m")]]


def _parts(values: Sequence[tuple[int, object]], mark: str) -> tuple[set[int], set[int]]:
    found = [
        re.match(rf"\s*(\d{{1,2}})[{mark}](\d{{1,2}})[{mark}]", str(value)) for _, value in values
    ]
    pairs = [(int(one[1]), int(one[2])) for one in found if one]
    return {first for first, _ in pairs}, {second for _, second in pairs}


def _about_words(
    field: RecordField, values: Sequence[tuple[int, object]], told: set[str]
) -> Iterator[str]:
    known = {*KNOWN.get(field.name, {}), *field.type.choices, *(word.casefold() for word in told)}
    words = Counter(text for _, value in values if (text := word_of(value)))
    strange = [word for word, _ in words.most_common() if word.casefold() not in known]
    for word in strange[:_SHOWN]:
        choices, said = " or ".join(field.type.choices), _quoted(f"{field.name}:{word}=…")
        yield f'{field.name} is {choices}, not "{word}": --value {said}'


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"[\w:.=+…-]+", text) else f"'{text}'"


def _about_nulls(column: Column, mapping: RecordMapping) -> Iterator[str]:
    """A word for nothing, where it stands often."""
    if column.targets == []:
        return
    words = Counter(text for _, value in column.values if (text := word_of(value)))
    for word, times_ in words.most_common(_SHOWN):
        often = times_ >= 2 and times_ * _OFTEN >= len(column.values)
        if word.casefold() in _NULLS and word not in mapping.nulls and often:
            yield f'"{column.name}" is {word} in {counted(times_, "row")}: --null {_quoted(word)}'


def _about_hashes(found: Preview, mapping: RecordMapping) -> Iterator[str]:
    """Columns of dates that are hashed as they are written, which each program does in its way."""
    times_of = [name for name, field in ALL_FIELDS[mapping.kind].items() if _is_time(field)]
    for target, rule in mapping.fields.items():
        for column in found.columns:
            if column.name not in rule.hashed or mapping.reads_own(column.name):
                continue
            text = next((one for _, one in column.values[:_LOOKED_AT] if _either_way(one)), None)
            fills = [name for name in column.targets or () if name in times_of]
            if text is not None:
                name = fills[0] if fills else "started_at"
                yield (
                    f'{target} is made of "{column.name}" as it is written ({text}), so another'
                    f" export of the same rows may give other ids: name the field {name} there,"
                    " whose value is read first"
                )


def _is_time(field: RecordField) -> bool:
    return field.schema.get("format") == "date-time"


def _about_encoding(found: Preview) -> Iterator[str]:
    is_odd = any(not _is_text(column.name) for column in found.columns)
    if is_odd or any("not valid UTF-8" in error.message for _, error in found.errors):
        yield "some text is not UTF-8: --encoding cp1252, or latin-1, or another"


def _is_text(name: str) -> bool:
    """Whether a name has none of the surrogates that stand for bytes which are not UTF-8."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _about_document(found: Preview, mapping: RecordMapping) -> Iterator[str]:
    members = as_object(found.document)
    if members is None or mapping.layout.records or found.rows > 1:
        return
    for name, value in members.items():
        items = as_list(value)
        if items and as_object(items[0]) is not None and name not in ALL_FIELDS[mapping.kind]:
            yield f"{name} is a list of objects: --records '{name}[]'"
    if len(members) > 1 and all(as_object(value) is not None for value in members.values()):
        yield "all values of the document are objects: --records '*', and --map call_id=@key"


def _about_required(found: Preview, mapping: RecordMapping) -> Iterator[str]:
    if not found.records:
        return
    is_text = found.format in ("csv", "tsv", "xlsx")
    advice = "; lines of totals at the end are left out by --skip-last N" if is_text else ""
    filled = {target: one.name for one in found.columns for target in one.targets or ()}
    for name in (mapping.kind.id_field, "merchant_id", *REQUIRED[mapping.kind]):
        if name not in found.present and name in filled:
            yield f"no record has {name}: no value of {filled[name]} could be taken for it"
        elif name not in found.present and name == mapping.kind.id_field:
            # With the same value everywhere all of them would be one record.
            yield (
                f"no record has {name}: --map {name}=COLUMN, or an id that is made of other"
                f" columns: --map {name}='@hash(COLUMN,COLUMN)'"
            )
            yield from _about_kind(found, mapping)
        elif name not in found.present:
            yield f"no record has {name}: --map {name}=COLUMN, or --set {name}=VALUE"
        elif name in found.lacking:
            yield (
                f"without {name}: {found.lacking[name]:,} of {found.rows:,}, which would wait for"
                f" it, pending{advice}"
            )


def _about_kind(found: Preview, mapping: RecordMapping) -> Iterator[str]:
    """The other kind of records, if a file has its ids."""
    names = {one.name for one in found.columns}
    for other in RecordKind:
        if other is not mapping.kind and other.id_field in names:
            own = (names & ALL_FIELDS[other].keys()) - ALL_FIELDS[mapping.kind].keys()
            fields = ", ".join(sorted({other.id_field, *own}))
            yield f"there are fields of {other} ({fields}): --kind {other}, if they are some"
