"""Attachments: what their own libraries wrote is what is read; what is broken, locked or a bomb says so."""

import zipfile
from io import BytesIO

import pptx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from striprtf.striprtf import rtf_to_text

from cleaning.documents import packed
from cleaning.documents.document import MAX_TEXT, Note, Table
from cleaning.documents.extract import MAX_NESTED, extract
from cleaning.documents.reading import with_document
from cleaning.page import Media, PageType
from cleaning.read import read
from tests.cleaning import making_documents as making

HEAD = ("序号", "事项名称", "实施机关")
ROWS = ((1, "食品经营许可", "市场监管局"), (2, "取水许可", "水利局"))
TABLE = Table(HEAD, 2)
LINES = ["序号 事项名称 实施机关", "1 食品经营许可 市场监管局", "2 取水许可 水利局"]


class GbkName(zipfile.ZipInfo):
    """A member named as Chinese packers on Windows do."""

    def _encodeFilenameFlags(self):  # noqa: N802  # the library's name
        return self.filename.encode("gb18030"), self.flag_bits


def test_word_gives_paragraphs_and_tables_in_order() -> None:
    """Text before and after a table stays there; a table is known by its head."""
    found = extract(making.word("市级行政许可事项清单", (HEAD, *ROWS), "联系电话见附表"))
    assert (found.kind, found.text.split("\n")) == ("docx", ["市级行政许可事项清单", *LINES, "联系电话见附表"])
    assert (found.tables, found.title, found.note) == ((TABLE,), "市级行政许可事项清单", Note.NONE)


@pytest.mark.parametrize(("make", "kind"), [(making.workbook, "xlsx"), (making.old_workbook, "xls")])
def test_sheets_give_rows_under_their_names(make, kind) -> None:
    """Whole numbers are printed as such; an empty sheet says nothing."""
    found = extract(make({"清单": (("二〇二四年清单",), HEAD, *ROWS), "空表": ()}))
    assert (found.kind, found.text.split("\n")) == (kind, ["清单", "二〇二四年清单", *LINES])
    assert (found.tables, found.pages) == ((TABLE,), 2)


def test_pdf_gives_its_text_layer() -> None:
    """Page by page, line by line."""
    found = extract(making.pdf(["关于延长服务时间的通知", "各县区人民政府"], ["二〇二四年三月"]))
    assert (found.kind, found.text.split("\n")) == (
        "pdf",
        ["关于延长服务时间的通知", "各县区人民政府", "二〇二四年三月"],
    )
    assert found.pages == 2


def test_a_scan_says_that_it_has_no_text() -> None:
    """Pages without a text layer are not silently empty."""
    found = extract(making.pdf([], []))
    assert (found.text, found.pages, found.note) == ("", 2, Note.NO_TEXT)


def test_old_word_gives_its_main_text() -> None:
    """Paragraphs, table rows and what a field shows; no footnotes, no field instructions."""
    table = "".join("".join(f"{cell}\x07" for cell in row) + "\x07" for row in (HEAD, *ROWS))
    text = f'清单说明\r{table}详见\x13 HYPERLINK "http://x.cn" \x14市政府网站\x15公告\r'
    found = extract(making.old_word(text, behind="脚注在此"))
    assert (found.kind, found.text.split("\n")) == ("doc", ["清单说明", *LINES, "详见市政府网站公告"])
    assert found.tables == (TABLE,)


def test_ofd_gives_lines_by_height() -> None:
    """Runs of one height are one line; pages in the order of their numbers."""
    found = extract(making.ofd([(10, "关于"), (10, "印发目录的通知"), (20, "正文")], [(10, "第二页")]))
    assert (found.kind, found.text.split("\n"), found.pages) == ("ofd", ["关于印发目录的通知", "正文", "第二页"], 2)


def test_slides_give_paragraphs_and_tables_in_the_order_of_the_show() -> None:
    """As the library that writes them reads them."""
    body = making.slides(["营商环境政策解读", "第一条\n第二条"], ["事项清单", (HEAD, *ROWS)])
    found = extract(body)
    assert (found.kind, found.pages, found.tables) == ("pptx", 2, (TABLE,))
    assert found.text.split("\n") == ["营商环境政策解读", "第一条", "第二条", "事项清单", *LINES]
    frames = [
        shape.text_frame.text
        for slide in pptx.Presentation(BytesIO(body)).slides
        for shape in slide.shapes
        if shape.has_text_frame
    ]
    assert [line for text in frames for line in text.split("\n")] == found.text.split("\n")[: -len(LINES)]


def test_slides_stand_in_the_order_of_the_show() -> None:
    """Not in the order of their files."""
    show = pptx.Presentation(BytesIO(making.slides(["第一张"], ["第二张"], ["第三张"])))
    order = show.slides._sldIdLst
    order.append(order[0])
    target = BytesIO()
    show.save(target)
    assert extract(target.getvalue()).text.split("\n") == ["第二张", "第三张", "第一张"]


@pytest.mark.parametrize("name", ["a.rtf", "a.doc"])
def test_rich_text_gives_what_it_shows(name: str) -> None:
    """Bytes of GBK, characters by number, rows of tables; also under the name of another type."""
    body = making.rich_text("市级行政许可事项清单", (HEAD, *ROWS), "联系电话见附表")
    found = extract(body, name=name)
    assert (found.kind, found.text.split("\n")) == ("rtf", ["市级行政许可事项清单", *LINES, "联系电话见附表"])
    assert found.tables == (TABLE,)
    own = rtf_to_text(body.decode("ascii"))
    assert own.replace("|\n", "\n").replace("|", " ").split("\n")[:-1] == found.text.split("\n")


def test_a_7z_is_read_like_a_zip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its documents under their names, one with a password says so, one that is larger than allowed is not unpacked."""
    members = {"附件/清单.xlsx": making.workbook({"表": (HEAD, *ROWS)}), "说明.txt": "以此为准".encode()}
    found = extract(making.seven(members))
    assert (found.kind, found.pages, found.tables) == ("7z", 2, (TABLE,))
    assert found.text.split("\n") == ["清单.xlsx", "表", *LINES, "说明.txt", "以此为准"]
    assert extract(making.seven(members, password="x")).note is Note.ENCRYPTED
    monkeypatch.setattr(packed, "MAX_UNPACKED", 1 << 20)
    bomb = making.seven({"a.txt": b"\0" * (2 << 20)})
    assert len(bomb) < 1 << 12
    assert extract(bomb).note is Note.TOO_LARGE
    nested = making.seven({"inner.7z": making.seven({"inner.7z": making.seven({"a.txt": b"words"})})})
    assert extract(nested).text == ""
    assert extract(making.packed({"inner.7z": making.seven(members)})).text.split("\n")[0] == "inner.7z"


def test_an_archive_gives_its_documents_under_their_names() -> None:
    """Names in GBK and in UTF-8, a zip inside, and members of no known type."""
    inner = making.packed({"权力清单.xlsx": making.workbook({"表": (HEAD, *ROWS)})})
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as opened:
        opened.writestr(GbkName("说明.txt"), "以此为准\n".encode("gb18030"))
        opened.writestr("附件/inner.zip", inner)
        opened.writestr("图.png", b"\x89PNG\r\n")
    found = extract(target.getvalue())
    assert found.text.split("\n") == ["说明.txt", "以此为准", "inner.zip", "权力清单.xlsx", "表", *LINES]
    assert (found.kind, found.tables, found.pages, found.note) == ("zip", (TABLE,), 3, Note.NONE)


def test_archives_in_archives_end() -> None:
    """A zip of zips of zips is read no deeper than the limit."""
    body = making.packed({"a.txt": b"words in the middle"})
    for _ in range(MAX_NESTED + 1):
        body = making.packed({"inner.zip": body})
    assert extract(body).text == ""


def test_locked_files_say_so() -> None:
    """A password is no fault of the file and no empty page."""
    locked = making.ole({"EncryptedPackage": b"x", "EncryptionInfo": b"x"})
    for body in (making.pdf(["词句"], password="x"), making.old_word("词句", encrypted=True), locked):
        assert extract(body).note is Note.ENCRYPTED


def test_bombs_are_not_unpacked() -> None:
    """Gigabytes in a few kilobytes, told by the directory before a byte is unpacked: also where it calls itself docx."""
    bomb = making.packed({"word/document.xml": b"\0" * (300 << 20)})
    assert len(bomb) < 1 << 20
    assert (extract(bomb).kind, extract(bomb).note) == ("docx", Note.TOO_LARGE)
    many = making.packed({f"{n}.txt": b"" for n in range(2_001)})
    assert extract(many).note is Note.TOO_LARGE


def test_long_texts_are_cut_and_say_so() -> None:
    """What is kept of one attachment is bounded."""
    found = extract(("一行文字\n" * 200_000).encode(), name="a.txt")
    assert (len(found.text), found.note) == (MAX_TEXT, Note.CUT)


MADE = {
    "docx": making.word("正文", (HEAD, *ROWS)),
    "xlsx": making.workbook({"表": (HEAD, *ROWS)}),
    "xls": making.old_workbook({"表": (HEAD, *ROWS)}),
    "pdf": making.pdf(["正文"]),
    "doc": making.old_word("正文\r"),
    "ofd": making.ofd([(10, "正文")]),
    "pptx": making.slides(["正文", (HEAD, *ROWS)]),
    "rtf": making.rich_text("正文", (HEAD, *ROWS)),
    "7z": making.seven({"a.txt": b"words"}),
}


@given(st.sampled_from(sorted(MADE)), st.data())
def test_a_damaged_file_is_a_document_too(kind: str, data: st.DataObject) -> None:
    """Cut short, or with bytes changed anywhere: a document comes back, of a type or of none, and nothing is raised."""
    body = bytearray(MADE[kind])
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=8)):
        body[at] = data.draw(st.integers(0, 255))
    extract(bytes(body[: data.draw(st.integers(0, len(body)))]))


@given(st.binary(max_size=300), st.sampled_from(["", "a.txt", "a.doc"]))
def test_any_bytes_are_a_document(body: bytes, name: str) -> None:
    """Whatever comes, something is said about it."""
    found = extract(body, name=name)
    assert found.text or found.note


def test_a_reading_takes_the_text_and_keeps_the_hash_of_the_bytes() -> None:
    """Equal files are copies; their text is searched like a page's."""
    body = making.workbook({"清单": (HEAD, *ROWS)})
    bare = read(body, "http://www.x.gov.cn/a.xlsx")
    full = with_document(bare, extract(body))
    assert (full.media, full.page_type, full.text_hash) == (Media.ATTACHMENT, PageType.ATTACHMENT, bare.text_hash)
    assert (full.attachment, full.table_headers, full.table_rows, full.language) == ("xlsx", HEAD, 2, "zh")
    assert full.title == LINES[0]
