"""Rich text (rtf), by striprtf: many a `.doc` is one."""

from itertools import groupby
from typing import Final

from striprtf.striprtf import rtf_to_text

from cleaning.documents.document import Document, Note, Table, made, table_of

MAX_BYTES: Final = 8 << 20  # striprtf takes a second for a megabyte of text; what is longer is pictures
_CELL: Final = "|"  # how striprtf ends a cell


def read_rtf(body: bytes) -> Document:
    """What it shows, without pictures; Chinese in its code page, GBK where none is named.  Raises what striprtf raises."""
    if len(body) > MAX_BYTES:
        return Document("rtf", note=Note.TOO_LARGE, detail=f"{len(body)} bytes")
    lines: list[str] = []
    tables: list[Table] = []
    shown: str = rtf_to_text(body.decode("latin-1"), encoding="gb18030", errors="replace")  # type: ignore[no-untyped-call]
    for is_row, group in groupby(shown.splitlines(), key=lambda line: line.endswith(_CELL)):
        if not is_row:
            lines.extend(group)
            continue
        rows = [[cell.strip() for cell in line[:-1].split(_CELL)] for line in group]
        lines.extend(" ".join(row) for row in rows)
        if found := table_of(rows):
            tables.append(found)
    return made("rtf", lines, tables, 1)
