"""Attachments made by the libraries that write them; and OLE files, for which there is no library, by hand."""

import struct
from collections.abc import Mapping, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import openpyxl
import pptx
import py7zr
import xlwt
from pptx.util import Cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

Rows = Sequence[Sequence[object]]
_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def word(*blocks: str | Rows) -> bytes:
    """A docx of paragraphs and tables."""
    made = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            made.add_paragraph(block)
            continue
        table = made.add_table(len(block), len(block[0]))
        for row, values in zip(table.rows, block, strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = str(value)
    return _saved(made)


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    """An xlsx."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return _saved(made)


def slides(*shows: Sequence[str | Rows]) -> bytes:
    """A pptx: a slide for each, with a text box for each paragraph and a table for each block of rows."""
    made = pptx.Presentation()
    for blocks in shows:
        shapes = made.slides.add_slide(made.slide_layouts[6]).shapes
        for number, block in enumerate(blocks):
            place = (Cm(1), Cm(1 + 3 * number), Cm(20), Cm(2))
            if isinstance(block, str):
                shapes.add_textbox(*place).text_frame.text = block
                continue
            table = shapes.add_table(len(block), len(block[0]), *place).table
            for y, row in enumerate(block):
                for x, value in enumerate(row):
                    table.cell(y, x).text = str(value)
    return _saved(made)


def rich_text(*blocks: str | Rows) -> bytes:
    """An rtf as Word writes it for Chinese: bytes of GBK in the text, some characters by their number."""

    def spelled(text: str) -> str:
        return "".join(f"\\'{byte:02x}" for byte in text.encode("gbk"))

    parts = []
    for block in blocks:
        if isinstance(block, str):
            parts.append(spelled(block[:-1]) + f"\\u{ord(block[-1])}?\\par\n")
        else:
            parts += ["\\trowd " + "".join(spelled(str(cell)) + "\\cell " for cell in row) + "\\row\n" for row in block]
    head = r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}\f0\uc1 "
    return (head + "".join(parts) + "}").encode("ascii")


def seven(members: Mapping[str, bytes], password: str | None = None) -> bytes:
    """A 7z; with a password its directory is locked too."""
    target = BytesIO()
    with py7zr.SevenZipFile(target, "w", password=password, header_encryption=password is not None) as opened:
        for name, body in members.items():
            opened.writestr(body, name)
    return target.getvalue()


def old_workbook(sheets: Mapping[str, Rows]) -> bytes:
    """An xls, as Excel 97 and WPS write it."""
    made = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        sheet = made.add_sheet(name)
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                sheet.write(y, x, value)
    return _saved(made)


def pdf(*pages: Sequence[str], password: str | None = None) -> bytes:
    """A PDF with one line of text below the other; a page without lines holds a line drawn, like a scan."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    target = BytesIO()
    canvas = Canvas(target, encrypt=password)
    for lines in pages:
        canvas.setFont("STSong-Light", 12)
        canvas.line(50, 50, 500, 500)
        for number, line in enumerate(lines):
            canvas.drawString(60, 780 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def old_word(text: str, *, behind: str = "", encrypted: bool = False) -> bytes:
    """A doc of Word 97: one piece of UTF-16 with what Word puts behind the main text (footnotes, headers)."""
    whole = (text + behind).encode("utf-16-le")
    begin = 1024
    head = bytearray(begin)
    struct.pack_into("<H", head, 0x0A, 0x0200 | (0x0100 if encrypted else 0))
    struct.pack_into("<i", head, 0x4C, len(text))
    plc = struct.pack("<II", 0, len(text + behind)) + struct.pack("<HIH", 0, begin, 0)
    clx = b"\x01\x02\x00\xaa\xbb" + b"\x02" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<II", head, 0x01A2, 16, len(clx))
    return ole({"WordDocument": bytes(head) + whole, "1Table": b"\0" * 16 + clx})


def ofd(*pages: Sequence[tuple[float, str]]) -> bytes:
    """An OFD: per page, runs of text with their height."""
    space = "http://www.ofdspec.org/2016"
    members = {"OFD.xml": f'<ofd:OFD xmlns:ofd="{space}"/>'}
    for number, runs in enumerate(pages):
        objects = "".join(
            f'<ofd:TextObject ID="{n}" Boundary="10 {top} 100 5"><ofd:TextCode X="0" Y="4">{text}</ofd:TextCode></ofd:TextObject>'
            for n, (top, text) in enumerate(runs)
        )
        members[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f'<ofd:Page xmlns:ofd="{space}"><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>'
        )
    return packed({name: text.encode() for name, text in members.items()})


def packed(members: Mapping[str, bytes]) -> bytes:
    """A zip."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as opened:
        for name, body in members.items():
            opened.writestr(name, body)
    return target.getvalue()


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file ([MS-CFB], version 3) of streams, each padded past the 4,096 bytes below which it would be mini."""
    padded = {name: body.ljust(4096, b"\0") for name, body in streams.items()}
    sectors: list[bytes] = []
    fat: list[int] = []
    starts: dict[str, int] = {}
    for name, body in padded.items():
        starts[name] = len(sectors)
        parts = [body[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(body), _SECTOR)]
        fat.extend([*range(len(sectors) + 1, len(sectors) + len(parts)), _END])
        sectors.extend(parts)
    entries = [_entry("Root Entry", 5, 1, _END, 0)]
    for number, (name, body) in enumerate(padded.items(), 1):
        following = number + 1 if number < len(padded) else _FREE
        entries.append(_entry(name, 2, _FREE, starts[name], len(body), following))
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * _SECTOR, b"\0")
    first_directory = len(sectors)
    count = len(directory) // _SECTOR
    fat.extend([*range(first_directory + 1, first_directory + count), _END, _FAT])
    sectors.append(directory)
    fat_sector = first_directory + count
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(_SECTOR, b"\xff")
    assert len(table) == _SECTOR, "one sector of the allocation table holds 128 sectors"
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, first_directory, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<I", fat_sector) + b"\xff" * 4 * 108
    return header + b"".join(sectors) + table


def _entry(name: str, kind: int, child: int, start: int, size: int, right: int = _FREE) -> bytes:
    spelled = name.encode("utf-16-le")
    head = spelled.ljust(64, b"\0") + struct.pack("<HBBIII", len(spelled) + 2, kind, 1, _FREE, right, child)
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)


def _saved(made) -> bytes:
    target = BytesIO()
    made.save(target)
    return target.getvalue()
