"""PDF, by PDFium."""

import pypdfium2
from pypdfium2 import PdfiumError

from cleaning.documents.document import MAX_TEXT, Document, Note, made

MAX_PAGES = 1_000


def read_pdf(body: bytes) -> Document:
    """The text layer, page by page.  A scan has none: its note says so."""
    try:
        with pypdfium2.PdfDocument(body) as opened:
            return _pages(opened)
    except PdfiumError as error:
        note = Note.ENCRYPTED if "password" in str(error).lower() else Note.BROKEN
        return Document("pdf", note=note, detail=str(error)[:200])


def _pages(opened: pypdfium2.PdfDocument) -> Document:
    lines: list[str] = []
    size = 0
    for number in range(min(len(opened), MAX_PAGES)):
        page = opened[number]
        text = page.get_textpage().get_text_bounded()
        page.close()
        lines.extend(text.splitlines())
        size += len(text)
        if size > MAX_TEXT:
            break
    return made("pdf", lines, [], len(opened))
