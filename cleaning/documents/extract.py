"""Bytes of an attachment in, its text out: the type is told from the content, never from the name.

Called where a crash, an endless loop or a gigabyte costs one page only (`crawler.documents`): the readers are other
people's parsers, fed by strangers.
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo

import olefile

from cleaning.decode import decode
from cleaning.documents.doc import read_doc
from cleaning.documents.document import Document, Note, made
from cleaning.documents.ofd import read_ofd
from cleaning.documents.pdf import read_pdf
from cleaning.documents.sheets import read_sheets
from cleaning.documents.word import read_docx

MAX_UNPACKED: Final = 256 << 20  # bytes in all that a zip may hold, office files included
MAX_MEMBERS: Final = 2_000
MAX_NESTED: Final = 2  # a zip of zips is read, what is deeper is not
_READ: Final = 200  # members of an archive that are read
_UTF8_NAME: Final = 0x800  # flag of a zip member whose name is UTF-8; else Chinese packers write GBK
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
        members = opened.infolist()
        kind = _kind(set(opened.namelist()))
        if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
            return Document(kind, note=Note.TOO_LARGE, detail=f"{len(members)} members")
        if kind == "zip":
            return _archive(opened, members, nested)
        return _office(kind, body, opened)


def _office(kind: str, body: bytes, opened: ZipFile) -> Document:
    if kind == "docx":
        return read_docx(body)
    if kind == "xlsx":
        return read_sheets(body, "xlsx")
    return read_ofd(opened) if kind == "ofd" else Document(kind, note=Note.UNSUPPORTED)


def _kind(names: set[str]) -> str:
    """What the members of a zip make of it."""
    if "word/document.xml" in names:
        return "docx"
    if {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & names:
        return "xlsx"
    if "OFD.xml" in names:
        return "ofd"
    return "other" if "[Content_Types].xml" in names else "zip"


def _archive(opened: ZipFile, members: list[ZipInfo], nested: int) -> Document:
    """All documents of an archive as one, each under its name."""
    if nested >= MAX_NESTED:
        return Document("zip", note=Note.UNSUPPORTED)
    if any(member.flag_bits & 1 for member in members):
        return Document("zip", note=Note.ENCRYPTED)
    found = list(_documents(opened, members, nested))
    read = [document for _, document in found if document.text]
    lines = [line for name, document in found if document.text for line in (name, *document.text.split("\n"))]
    whole = made("zip", lines, [table for document in read for table in document.tables], len(found))
    if whole.text or not found:
        return whole
    return replace(whole, note=found[0][1].note or Note.NO_TEXT)


def _documents(opened: ZipFile, members: list[ZipInfo], nested: int) -> Iterator[tuple[str, Document]]:
    for member in [member for member in members if not member.is_dir()][:_READ]:
        name = _name(member)
        yield name.rpartition("/")[2], extract(opened.read(member), nested=nested + 1, name=name)


def _name(member: ZipInfo) -> str:
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
