"""The formats that rows are exported in, each once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import pyarrow as pa

from callistics.exports.arrow import write_arrow, write_parquet
from callistics.exports.csv import write_csv
from callistics.exports.ndjson import write_ndjson
from callistics.exports.rows import Rows

Write = Callable[[pa.Schema, Iterable[Rows]], Iterator[bytes]]
"""From what the columns are, and the rows some at a time, to the pieces of the file."""
_UTF8 = {"charset": "utf-8"}


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, media type with parameters, the extension of its files, its writer."""

    name: str
    media_type: str
    extension: str
    write: Write
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def content_type(self) -> str:
        """The media type with its parameters, as a header has it."""
        return "; ".join([self.media_type, *(f"{k}={v}" for k, v in self.parameters.items())])


CSV = Format("csv", "text/csv", "csv", write_csv, {**_UTF8, "header": "present"})
NDJSON = Format("ndjson", "application/x-ndjson", "ndjson", write_ndjson, _UTF8)
ARROW = Format("arrow", "application/vnd.apache.arrow.stream", "arrows", write_arrow)
PARQUET = Format("parquet", "application/vnd.apache.parquet", "parquet", write_parquet)

FORMATS = {one.name: one for one in (CSV, NDJSON, ARROW, PARQUET)}
"""Every format by its name."""
CSV_WITH_FORMULAS = replace(CSV, write=partial(write_csv, keep_formulas=True))
"""CSV in which text that a spreadsheet would run as a formula stays as it is."""
FORMULAS = "formulas"
"""The query parameter that asks for it."""
