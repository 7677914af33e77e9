"""Word since 2007: docx, by python-docx."""

from collections.abc import Iterator
from io import BytesIO

import docx
from docx.table import Table as DocxTable

from cleaning.documents.document import Document, Table, made, table_of


def read_docx(body: bytes) -> Document:
    """Paragraphs and table rows in their order.  Raises what python-docx raises for a broken file."""
    lines: list[str] = []
    tables: list[Table] = []
    for block in docx.Document(BytesIO(body)).iter_inner_content():
        if not isinstance(block, DocxTable):
            lines.append(block.text)
            continue
        rows = list(_rows(block))
        lines.extend(" ".join(row) for row in rows)
        if found := table_of(rows):
            tables.append(found)
    return made("docx", lines, tables, 1)


def _rows(table: DocxTable) -> Iterator[list[str]]:
    """Cells by row; a cell that spans columns stands once (`row.cells` repeats it)."""
    for row in table._tbl.tr_lst:  # noqa: SLF001  # the public way costs a walk over all cells for each row
        yield [
            "".join(node.text or "" for node in cell.iter() if isinstance(node.tag, str) and node.tag.endswith("}t"))
            for cell in row.tc_lst
        ]
