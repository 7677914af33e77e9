"""What an attachment says, or why it says nothing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_TEXT: Final = 500_000  # characters kept of one attachment: a budget book of 300 pages has 200,000
MAX_TITLE: Final = 120
MAX_HEADERS: Final = 60


class Note(StrEnum):
    """Why an attachment's text is missing or not whole; empty when nothing is to be said."""

    NONE = ""
    NO_TEXT = "no-text"  # a scan: pages, but no text on them
    CUT = "cut"  # longer than is kept
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    TOO_LARGE = "too-large"  # more bytes, members or pages than are unpacked
    TIMEOUT = "timeout"
    UNSUPPORTED = "unsupported"  # no reader for this type: rar, ppt, pictures in a zip


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its first row of two cells and more, and how many such rows follow."""

    headers: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Document:
    """One attachment: `kind` is the type its content shows (pdf, docx, doc, xlsx, xls, pptx, ofd, rtf, text, zip, 7z, other).

    `text` has one line per paragraph or table row, `pages` counts pages, sheets or members.
    """

    kind: str
    text: str = ""
    tables: tuple[Table, ...] = ()
    pages: int = 0
    note: Note = Note.NONE
    detail: str = ""

    @property
    def title(self) -> str:
        """The first line long enough to name something; titles in the files' own properties are their templates'."""
        for line in self.text[:2_000].split("\n"):
            if len(line) >= 4:  # "附件1" names nothing
                return line[:MAX_TITLE]
        return ""


def made(kind: str, lines: list[str], tables: list[Table], pages: int) -> Document:
    """A document of these lines, folded and cut to what is kept."""
    folded = (" ".join(line.split()) for line in lines)
    text = "\n".join(line for line in folded if line)
    note = Note.CUT if len(text) > MAX_TEXT else Note.NONE if text else Note.NO_TEXT
    return Document(kind, text[:MAX_TEXT], tuple(tables), pages, note)


def table_of(rows: list[list[str]]) -> Table | None:
    """The table these rows of cells make; None for less than a head with two cells and a row."""
    full = [row for row in rows if sum(1 for cell in row if cell.strip()) > 1]
    if len(full) < 2:
        return None
    headers = tuple(" ".join(cell.split())[:60] for cell in full[0] if cell.strip())
    return Table(headers[:MAX_HEADERS], len(full) - 1)
