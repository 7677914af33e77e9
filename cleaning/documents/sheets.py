"""Spreadsheets old and new (xls, WPS et, xlsx, xlsb, ods), by calamine."""

from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from cleaning.documents.document import MAX_TEXT, Document, Note, Table, made, table_of

MAX_SHEETS = 100
MAX_ROWS = 50_000  # of one sheet


def read_sheets(body: bytes, kind: str) -> Document:
    """Every row of every sheet as a line, each sheet under its name."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(body))
    except PasswordError as error:
        return Document(kind, note=Note.ENCRYPTED, detail=str(error)[:200])
    except CalamineError as error:
        return Document(kind, note=Note.BROKEN, detail=str(error)[:200])
    lines: list[str] = []
    tables: list[Table] = []
    filled = 0
    for name in book.sheet_names[:MAX_SHEETS]:
        sheet = book.get_sheet_by_name(name)
        rows = [[_cell(value) for value in row] for row in sheet.to_python(nrows=MAX_ROWS)]
        rows = [row for row in rows if any(row)]
        if not rows:
            continue
        filled += 1
        lines.append(name)
        lines.extend(" ".join(filter(None, row)) for row in rows)
        if found := table_of(rows):
            tables.append(found)
        if sum(map(len, lines)) > MAX_TEXT:
            break
    return made(kind, lines if filled else [], tables, len(book.sheet_names))


def _cell(value: object) -> str:
    """A cell as a reader sees it: whole numbers without their `.0`."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # exact in a double
        return str(int(value))
    return str(value).strip()
