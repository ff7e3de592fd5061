"""Workbooks of Excel, as small as they can be."""

import io
import zipfile
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

Cell = str | float | bool | datetime | timedelta | None
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_EPOCH = datetime(1899, 12, 30)
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm:ss"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def workbook(sheets: dict[str, list[list[Cell]]], hidden: str = "") -> bytes:
    """The bytes of an .xlsx file with the sheets, each of rows of cells; None is an empty one.

    The sheet of the name `hidden` is not shown.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, text in _parts(sheets, hidden).items():
            file.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return target.getvalue()


def _parts(sheets: dict[str, list[list[Cell]]], hidden: str) -> dict[str, str]:
    numbered = list(enumerate(sheets.items(), start=1))
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"'
        f"{_state(is_hidden=name == hidden)}/>"
        for n, (name, _) in numbered
    )
    links = "".join(_link(n, "worksheet", f"worksheets/sheet{n}.xml") for n, _ in numbered)
    links += _link(len(numbered) + 1, "styles", "styles.xml")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = "".join(
        f'<Override PartName="/xl/{part}" ContentType="{kind}.{what}+xml"/>'
        for part, what in [
            ("workbook.xml", "sheet.main"),
            ("styles.xml", "styles"),
            *((f"worksheets/sheet{n}.xml", "worksheet") for n, _ in numbered),
        ]
    )
    found = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        "_rels/.rels": _links(_link(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>{names}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _links(links),
        "xl/styles.xml": _STYLES,
    }
    return found | {f"xl/worksheets/sheet{n}.xml": _sheet(rows) for n, (_, rows) in numbered}


def _state(*, is_hidden: bool) -> str:
    return ' state="hidden"' if is_hidden else ""


def _links(links: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _link(number: int, what: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_RELATED}/{what}" Target="{target}"/>'


def _sheet(rows: list[list[Cell]]) -> str:
    lines = "".join(
        f'<row r="{n}">{"".join(_cell(f"{chr(65 + i)}{n}", cell) for i, cell in enumerate(row))}'
        "</row>"
        for n, row in enumerate(rows, start=1)
        if row
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _cell(place: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, datetime):
        return f'<c r="{place}" s="1"><v>{(cell - _EPOCH) / timedelta(days=1)!r}</v></c>'
    if isinstance(cell, timedelta):
        return f'<c r="{place}" s="2"><v>{cell / timedelta(days=1)!r}</v></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'
