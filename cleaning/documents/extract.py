"""Bytes of an attachment in, its text out: the type is told from the content, never from the name.

Called where a crash, an endless loop or a gigabyte costs one page only (`crawler.documents`): the readers are other
people's parsers, fed by strangers.
"""

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile

import olefile
import py7zr

from cleaning.decode import decode
from cleaning.documents.doc import read_doc
from cleaning.documents.document import Document, Note, made
from cleaning.documents.ofd import read_ofd
from cleaning.documents.packed import Contents, of_7z, of_zip, seven_members, zip_members
from cleaning.documents.pdf import read_pdf
from cleaning.documents.rich import read_rtf
from cleaning.documents.sheets import read_sheets
from cleaning.documents.slides import read_pptx
from cleaning.documents.word import read_docx

MAX_NESTED: Final = 2  # a zip of zips is read, what is deeper is not
_SEVEN: Final = b"7z\xbc\xaf\x27\x1c"
_TEXT_ENDINGS: Final = (".txt", ".csv", ".md")


def extract(body: bytes, *, nested: int = 0, name: str = "") -> Document:
    """Text and tables of an attachment; a broken, locked or unknown file is a document with its note.

    Never raises for what a file holds, save MemoryError.  `name` tells plain text apart from the unknown; `nested` counts the archives it was found in.
    """
    try:
        return _by_content(body, nested, name)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # a parser's surprise is a broken file
        return Document("other", note=Note.BROKEN, detail=f"{type(error).__name__}: {error}"[:200])


def _by_content(body: bytes, nested: int, name: str) -> Document:
    if b"%PDF-" in body[:1024]:
        return read_pdf(body)
    if body.startswith(olefile.MAGIC):
        return _ole(body)
    if body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(body, nested)
    if body.startswith(_SEVEN):
        return _seven(body, nested)
    return _words(body, name)


def _words(body: bytes, name: str) -> Document:
    """What is text by itself: rich text by its beginning, plain text by its name."""
    if body.lstrip()[:5] == b"{\\rtf":
        return read_rtf(body)
    if name.lower().endswith(_TEXT_ENDINGS) and b"\0" not in body[:4096]:
        return made("text", decode(body, "").text.splitlines(), [], 1)
    return Document("other", note=Note.UNSUPPORTED)


def _ole(body: bytes) -> Document:
    with olefile.OleFileIO(BytesIO(body)) as opened:
        if opened.exists("WordDocument"):
            return read_doc(opened)
        if opened.exists("Workbook") or opened.exists("Book"):
            return read_sheets(body, "xls")
        if opened.exists("EncryptedPackage"):
            return Document("other", note=Note.ENCRYPTED)
    return Document("other", note=Note.UNSUPPORTED)


def _zip(body: bytes, nested: int) -> Document:
    try:
        opened = ZipFile(BytesIO(body))
    except BadZipFile as error:
        return Document("zip", note=Note.BROKEN, detail=str(error)[:200])
    with opened:
        contents, kind = of_zip(opened), _kind(set(opened.namelist()))
        if kind != "zip" and not contents.too_large:
            return _office(kind, body, opened)
        return _refused(kind, contents, nested) or _archive("zip", zip_members(opened), nested)


def _seven(body: bytes, nested: int) -> Document:
    try:
        with py7zr.SevenZipFile(BytesIO(body)) as opened:
            contents = of_7z(opened)
    except py7zr.exceptions.PasswordRequired:  # its directory is locked as well
        return Document("7z", note=Note.ENCRYPTED)
    except py7zr.exceptions.ArchiveError as error:
        return Document("7z", note=Note.BROKEN, detail=str(error)[:200])
    return _refused("7z", contents, nested) or _archive("7z", seven_members(body), nested)


def _refused(kind: str, contents: Contents, nested: int) -> Document | None:
    """Why an archive is not unpacked."""
    if contents.too_large:
        return Document(kind, note=Note.TOO_LARGE, detail=f"{contents.members} members")
    if nested >= MAX_NESTED:
        return Document(kind, note=Note.UNSUPPORTED)
    return Document(kind, note=Note.ENCRYPTED) if contents.locked else None


def _office(kind: str, body: bytes, opened: ZipFile) -> Document:
    if kind == "docx":
        return read_docx(body)
    if kind == "xlsx":
        return read_sheets(body, "xlsx")
    if kind == "pptx":
        return read_pptx(opened)
    return read_ofd(opened) if kind == "ofd" else Document(kind, note=Note.UNSUPPORTED)


def _kind(names: set[str]) -> str:
    """What the members of a zip make of it."""
    if "word/document.xml" in names:
        return "docx"
    if {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & names:
        return "xlsx"
    if "ppt/presentation.xml" in names:
        return "pptx"
    if "OFD.xml" in names:
        return "ofd"
    return "other" if "[Content_Types].xml" in names else "zip"


def _archive(kind: str, members: Iterable[tuple[str, bytes]], nested: int) -> Document:
    """All documents of an archive as one, each under its name."""
    found = [(name.rpartition("/")[2], extract(body, nested=nested + 1, name=name)) for name, body in members]
    read = [document for _, document in found if document.text]
    lines = [line for name, document in found if document.text for line in (name, *document.text.split("\n"))]
    whole = made(kind, lines, [table for document in read for table in document.tables], len(found))
    if whole.text or not found:
        return whole
    return replace(whole, note=found[0][1].note or Note.NO_TEXT)
