"""The mapping that options start from: a preset, one of a file, or a plain one."""

from collections.abc import Collection
from pathlib import Path

import click

from callistics.cli.importing.mapping_options import plain_mapping
from callistics.cli.root import Failure
from callistics.errors import did_you_mean
from callistics.files.open import FORMATS, Format, format_named
from callistics.files.sources import USES
from callistics.mapping import (
    Layout,
    MappingError,
    RecordMapping,
    builtin,
    builtin_names,
    read_mapping,
)
from callistics.records.field import RecordKind

# A reader of CSV takes these for something else.
_NO_DELIMITERS = '"\r\n'


def presets() -> tuple[str, ...]:
    """The names of the mappings that are of files."""
    return tuple(name for name in builtin_names() if builtin(name).layout.reads is not None)


def base_mapping(
    kind: str | None, name: str | None, file: Path | None
) -> tuple[RecordMapping, Format | None]:
    """The mapping, and the format if one was named. Raises `click.UsageError` or `Failure`."""
    format_ = format_named(name)
    if name is not None and format_ is None:
        if file is not None:
            raise click.UsageError("--format PRESET and --mapping are two mappings: give one")
        return _of_kind(_preset(name), kind), None
    if file is not None:
        return _of_kind(_read(file), kind), format_
    return plain_mapping(RecordKind(kind or RecordKind.CALLS)), format_


def _preset(name: str) -> RecordMapping:
    if name not in presets():
        known = [*FORMATS, *presets()]
        hint = did_you_mean(name, known) or f": it is one of {', '.join(known)}"
        raise click.UsageError(f'--format: there is no "{name}"{hint}')
    return builtin(name)


def _of_kind(mapping: RecordMapping, kind: str | None) -> RecordMapping:
    if kind is not None and kind != mapping.kind:
        raise click.UsageError(f"--kind {kind}: the mapping {mapping.name} makes {mapping.kind}")
    return mapping


def _read(file: Path) -> RecordMapping:
    try:
        found = read_mapping(file.read_text(encoding="utf-8"), str(file))
        if found.layout.reads is not None and format_named(found.layout.reads) is None:
            hint = did_you_mean(found.layout.reads, FORMATS) or f", only {', '.join(FORMATS)}"
            raise MappingError(f'{file}: reads: there is no format "{found.layout.reads}"{hint}')
        wrong = wrong_delimiter(found.layout.delimiter)
        if wrong is not None:
            raise MappingError(f"{file}: delimiter {wrong}")
        _check_reads(file, found.layout)
        return found
    except MappingError as error:
        raise Failure(str(error)) from None
    except UnicodeDecodeError as error:
        raise Failure(f"{file}: {error}") from None


def _check_reads(file: Path, layout: Layout) -> None:
    """What is said of a format that has no use for it contradicts the format."""
    format_ = format_named(layout.reads)
    if format_ is not None:
        name = unused(layout, USES[format_])
        if name is not None:
            raise MappingError(f"{file}: {name} has no effect on files of the format {format_}")


def unused(layout: Layout, used: Collection[str]) -> str | None:
    """What is said of a layout without being among what is used."""
    known = sorted({name for names in USES.values() for name in names})
    return next((name for name in known if getattr(layout, name) and name not in used), None)


def wrong_delimiter(mark: str | None) -> str | None:
    """What is wrong with a delimiter, None where it is one."""
    if mark is None or (len(mark) == 1 and mark not in _NO_DELIMITERS):
        return None
    return "must be one character, and neither a quote nor the end of a line"
