"""Bytes to text: the real charset, whatever the page declares."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.decode import decode
from tests.cleaning import saved_pages

TEXT = "市政府信息公开指南：办事服务、政策文件、通知公告。"
TRADITIONAL = "臺北市政府為民服務網站，歡迎瀏覽本頁面的各種資訊與問題說明。"
UTF8_HEADER = "text/html; charset=utf-8"


def page(text: str, charset: str, declared: str = "") -> bytes:
    """A page in `charset` that declares `declared`."""
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    return f"<html><head>{meta}<title>{text}</title></head><body><p>{text}</p></body></html>".encode(charset)


@pytest.mark.parametrize("declared", ["", "utf-8", "gb2312", "GBK", "gb18030", "iso-8859-1", "big5", "nonsense"])
@pytest.mark.parametrize("header", ["", UTF8_HEADER, "text/html;charset=GB2312", "text/html; charset=ISO-8859-1"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_declarations_cannot_mislead(charset, declared, header):
    """UTF-8 and GBK pages come out whole under every wrong declaration, in the page or in the header."""
    decoded = decode(page(TEXT, charset, declared), header)
    assert decoded.charset == charset
    assert decoded.text.count(TEXT) == 2


@pytest.mark.parametrize("header", ["", "text/html; charset=big5", UTF8_HEADER])
def test_big5(header):
    """A Big5 page is told from GBK although most of its bytes are valid there too."""
    decoded = decode(page(TRADITIONAL, "big5"), header)
    assert (decoded.charset, decoded.text.count(TRADITIONAL)) == ("big5", 2)


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (codecs.BOM_UTF8 + page(TEXT, "utf-8", "gbk"), "utf-8"),
        (codecs.BOM_UTF16_LE + page(TEXT, "utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + page(TEXT, "utf-16-be"), "utf-16-be"),
        (page(TEXT, "utf-16-le"), "utf-16-le"),
        (page(TEXT, "utf-16-be"), "utf-16-be"),
    ],
)
def test_byte_order_marks_and_wide_text(body, charset):
    """A byte order mark wins and is not part of the text; UTF-16 is told without one."""
    decoded = decode(body, "")
    assert decoded.charset == charset
    assert decoded.text.startswith("<html>")
    assert TEXT in decoded.text


def test_gb2312_is_read_as_its_superset():
    """Characters outside GB2312 in a page that declares it survive."""
    assert "朱镕基䶮" in decode(page("朱镕基䶮", "gb18030", "gb2312"), "").text


def test_a_few_characters_valid_in_both_follow_the_declaration():
    """The 联通 case: short GBK text that happens to be valid UTF-8."""
    body = b'<meta charset="gbk"><p>' + "联通".encode("gbk") + b"</p>"
    assert "联通" in decode(body, "").text


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_half_broken_pages(charset):
    """A few damaged bytes do not change the charset of the rest."""
    body = page(TEXT, charset).replace(b"<body>", b"<body>\n\xff\xfe\xff\n")
    decoded = decode(body, "text/html; charset=" + ("gbk" if charset == "utf-8" else "utf-8"))
    assert decoded.charset == charset
    assert decoded.text.count(TEXT) == 2


@pytest.mark.parametrize(("main", "other"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_a_page_pasted_from_two_charsets_comes_out_whole(main, other):
    """Lines that only the other charset can read are read by it."""
    body = (TEXT + "\n").encode(main) * 5 + ("办事大厅地址和电话\n").encode(other)
    decoded = decode(body, "")
    assert decoded.charset == main
    assert decoded.text == (TEXT + "\n") * 5 + "办事大厅地址和电话\n"


@pytest.mark.parametrize(
    ("text", "codec", "declared", "charset"),
    [
        ("été à la plage, garçon, où ça", "latin-1", "iso-8859-1", "cp1252"),
        ("日本語のページです、ようこそ", "cp932", "shift_jis", "cp932"),
        ("Привет, это русская страница", "cp1251", "windows-1251", "cp1251"),
    ],
)
def test_foreign_pages_keep_their_own_charset(text, codec, declared, charset):
    """A declared charset outside China is believed where the bytes are no Chinese."""
    decoded = decode(page(text, codec, declared), "")
    assert decoded.charset == charset
    assert text in decoded.text


def test_the_declaration_is_reported_as_it_stands():
    """The page's own meta comes before its header, an XML declaration counts, nothing gives ''."""
    assert decode(page(TEXT, "utf-8", "GB2312"), UTF8_HEADER).declared == "gb2312"
    assert decode(page(TEXT, "utf-8"), UTF8_HEADER).declared == "utf-8"
    assert decode(b'<?xml version="1.0" encoding="GBK"?><html>', "").declared == "gbk"
    assert decode(b"<html>", "text/html").declared == ""


@settings(deadline=None)
@given(st.binary(max_size=3000), st.text(max_size=60))
def test_never_raises(body, content_type):
    """Any bytes under any header give text that can be written as UTF-8."""
    decode(body, content_type).text.encode("utf-8")


def test_every_saved_page_is_read_in_its_own_charset():
    """The labelled charset of all saved pages, also after they are rewritten as GBK and declared wrongly."""
    undeclared = 0
    for row, body in saved_pages.bodies():
        decoded = decode(body, "")
        assert decoded.charset == row["charset"], row["id"]
        if decoded.declared:
            assert decoded.declared == row["declared_charset"], row["id"]
        else:
            undeclared += 1
        if row["kind"] == "gov-html":
            rewritten = decoded.text.encode("gb18030", "ignore")
            assert decode(rewritten, UTF8_HEADER).charset == "gb18030", row["id"]
    assert undeclared <= 15  # 6 say nothing, 9 only name the charset of a script they load


@pytest.mark.parametrize(
    ("mark", "codec", "charset"),
    [
        (b"\xef\xbb\xbf", "gb18030", "gb18030"),
        (b"\xff\xfe", "utf-8", "utf-8"),
        (b"\xfe\xff", "gb18030", "gb18030"),
        (b"\xef\xbb\xbf", "utf-8", "utf-8"),
    ],
)
def test_a_byte_order_mark_may_lie(mark, codec, charset):
    """Editors leave the mark of one charset before a page that was saved again in another."""
    page = "<html><head><title>关于公布行政规范性文件清理结果的通知</title></head><body>各县区人民政府</body></html>"
    decoded = decode(mark + page.encode(codec), "")
    assert (decoded.text, decoded.charset) == (page, charset)


def test_two_charsets_in_one_line_come_out_whole():
    """A footer included from a file in GBK stands in the same line as the page in UTF-8."""
    page, foot = "<title>通知公告</title><p>各县区人民政府，市直各部门</p>", "<div>版权所有：市人民政府办公室</div>"
    assert decode(page.encode() + foot.encode("gbk"), "").text == page + foot
