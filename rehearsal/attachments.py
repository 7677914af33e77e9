"""Small real files, made with the standard library: pdf, docx, xlsx, doc and zip."""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from html import escape
from typing import Final

TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "doc": "application/msword",
    "zip": "application/zip",
}
EPOCH: Final = (2026, 1, 1, 0, 0, 0)
"""The date of every archive member: the same bytes each time."""


def _packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, EPOCH)
            info.external_attr = 0o600 << 16
            box.writestr(info, data)
    return out.getvalue()


def _pdf(lines: Sequence[str]) -> bytes:
    shown = ["<FEFF" + line.encode("utf-16-be").hex().upper() + "> Tj 0 -16 Td" for line in lines]
    stream = ("BT /F1 11 Tf 40 800 Td\n" + "\n".join(shown) + "\nET").encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _docx(lines: Sequence[str]) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return _packed(
        {
            "[Content_Types].xml": b'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": b'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'.encode(),
        },
    )


def _xlsx(lines: Sequence[str]) -> bytes:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="inlineStr"><is><t>{escape(line)}</t></is></c></row>'
        for n, line in enumerate(lines, 1)
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return _packed(
        {
            "[Content_Types].xml": b'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
            "_rels/.rels": b'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{space}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": b'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode(),
        },
    )


def _doc(lines: Sequence[str]) -> bytes:
    """An OLE2 compound file with one stream of UTF-16 text: what `file` calls a Composite Document."""
    sector = 512
    content = "\r".join(lines).encode("utf-16-le").ljust(4096, b"\0")
    content += b"\0" * (-len(content) % sector)
    count = len(content) // sector
    free, end = b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff"
    table = b"\xfd\xff\xff\xff" + end
    table += b"".join((n + 3).to_bytes(4, "little") for n in range(count - 1)) + end
    table = table.ljust(sector, b"\xff")

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        head = raw.ljust(64, b"\0") + len(raw).to_bytes(2, "little") + bytes((kind, 1)) + free + free
        head += child.to_bytes(4, "little") + b"\0" * 36
        return head + start.to_bytes(4, "little") + size.to_bytes(8, "little")

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("WordDocument", 2, 0xFFFFFFFF, 2, len(content))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00" + b"\0" * 10
    header += (1).to_bytes(4, "little") + (1).to_bytes(4, "little") + b"\0" * 4 + (4096).to_bytes(4, "little")
    header += end + b"\0" * 4 + end + b"\0" * 4 + b"\0" * 4 + free * 108
    return header + table + directory.ljust(sector, b"\0") + content


def make(extension: str, lines: Sequence[str], date: dt.date) -> tuple[str, bytes]:
    """Content-Type and bytes of a file that says these lines."""
    said = [*lines, f"制表日期:{date}"]
    if extension == "pdf":
        return TYPES["pdf"], _pdf(said)
    if extension == "docx":
        return TYPES["docx"], _docx(said)
    if extension == "xlsx":
        return TYPES["xlsx"], _xlsx(said)
    if extension == "doc":
        return TYPES["doc"], _doc(said)
    return TYPES["zip"], _packed({"说明.txt": "\n".join(said).encode(), "附表.xlsx": _xlsx(said)})
