"""Lines of a file with a mapping applied."""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from callistics.files.encode import record_line
from callistics.files.lines import Line, UnreadableError
from callistics.mapping.documents import DocumentMapper
from callistics.mapping.errors import MappingError
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.table import TableMapper
from callistics.model.json import NotJsonError, decode


def table_mapper(mapping: RecordMapping, columns: Sequence[str]) -> TableMapper:
    """What maps the rows of a table. Raises `UnreadableError` where its columns do not fit."""
    mapper = TableMapper(mapping, columns)
    try:
        mapper.check()
    except MappingError as error:
        raise UnreadableError(str(error)) from None
    return mapper


def changed(lines: Iterable[Line], mapping: RecordMapping) -> Iterator[Line]:
    """The lines of JSON with the mapping applied; those that cannot be read are marked wrong."""
    mapper = DocumentMapper(mapping)
    for line in lines:
        if line.wrong is not None:
            yield line
            continue
        try:
            document = decode(cast("bytes", line.body))
        except NotJsonError as error:
            yield Line(line.number, b"", str(error))
            continue
        yield from documents_lines(line.number, document, mapper)


def documents_lines(number: int, document: object, mapper: DocumentMapper) -> Iterator[Line]:
    """The lines of a document's records; what says nothing of a call has none."""
    for found in mapper.map(document):
        if found.problem is not None:
            yield Line(number, b"", found.problem)
        elif found.record is not None:
            yield record_line(number, found.record)
