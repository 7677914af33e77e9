"""Word 97 to 2003 and WPS Writer: the text of an OLE file's WordDocument stream, by its piece table.

No maintained Python library reads it, and power lists and catalogues still come so.  Places and meanings are those of
[MS-DOC] 2.4.1 "Retrieving Text", 2.5 (the FIB) and 2.9.38 (Clx).
"""

import struct
from typing import Final

import olefile

from cleaning.documents.document import Document, Note, Table, made, table_of

_FLAGS, _CCP_TEXT, _FC_CLX = 0x0A, 0x4C, 0x01A2
_ENCRYPTED, _TABLE_ONE = 0x0100, 0x0200
_PIECES: Final = 0x02  # a Clx begins with blocks of formatting (0x01), then the piece table (0x02)
_COMPRESSED: Final = 0x4000_0000
_CELL: Final = "\x07"  # ends a cell; a row ends with one more
_FIELD_BEGIN, _FIELD_PARTS, _FIELD_END = "\x13", "\x14", "\x15"
_BREAKS: Final = str.maketrans({"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\xa0": " ", "\x1e": "-", "\x1f": None})


def read_doc(opened: olefile.OleFileIO) -> Document:
    """The main text, without headers and footnotes.  Raises struct.error, IndexError or OSError for a broken file."""
    stream = opened.openstream("WordDocument").read()
    (flags,) = struct.unpack_from("<H", stream, _FLAGS)
    if flags & _ENCRYPTED:
        return Document("doc", note=Note.ENCRYPTED)
    table = opened.openstream("1Table" if flags & _TABLE_ONE else "0Table").read()
    (length,) = struct.unpack_from("<i", stream, _CCP_TEXT)
    start, size = struct.unpack_from("<II", stream, _FC_CLX)
    text = _without_fields(_text(stream, table[start : start + size])[: max(length, 0)])
    lines, tables = _lines(text)
    return made("doc", lines, tables, 1)


def _text(stream: bytes, clx: bytes) -> str:
    """All characters, piece by piece in the order of the piece table."""
    at = 0
    while clx[at] != _PIECES:
        (size,) = struct.unpack_from("<H", clx, at + 1)
        at += 3 + size
    (size,) = struct.unpack_from("<I", clx, at + 1)
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", plc)
    parts = []
    for piece in range(count):
        (place,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * piece + 2)
        letters = ends[piece + 1] - ends[piece]
        if place & _COMPRESSED:
            begin = (place & ~_COMPRESSED) // 2
            parts.append(stream[begin : begin + letters].decode("cp1252", "replace"))
        else:
            parts.append(stream[place : place + 2 * letters].decode("utf-16-le", "replace"))
    return "".join(parts)


def _without_fields(text: str) -> str:
    """Of a field (a link, a page number) only what it shows, not its instruction."""
    if _FIELD_BEGIN not in text:
        return text
    kept: list[str] = []
    instructions: list[bool] = []  # per open field: whether its instruction is still being read
    for letter in text:
        if letter == _FIELD_BEGIN:
            instructions.append(True)
        elif letter == _FIELD_PARTS and instructions:
            instructions[-1] = False
        elif letter == _FIELD_END and instructions:
            instructions.pop()
        elif not any(instructions):
            kept.append(letter)
    return "".join(kept)


def _lines(text: str) -> tuple[list[str], list[Table]]:
    """Paragraphs and table rows as lines; neighbouring rows are one table."""
    lines: list[str] = []
    tables: list[Table] = []
    rows: list[list[str]] = []
    cells: list[str] = []
    for part in text.translate(_BREAKS).split(_CELL):
        if cells and not part:
            rows.append(cells)
            lines.append(" ".join(cells))
            cells = []
            continue
        before, _, last = part.rpartition("\n") if not cells else ("", "", part)
        if before:
            _close(rows, tables)
            lines.extend(before.split("\n"))
        cells.append(last.replace("\n", " "))
    _close(rows, tables)
    lines.extend(cells)
    return lines, tables


def _close(rows: list[list[str]], tables: list[Table]) -> None:
    if found := table_of(rows):
        tables.append(found)
    rows.clear()
