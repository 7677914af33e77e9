"""Meta tags and the source line."""

from selectolax.lexbor import LexborHTMLParser

from cleaning.meta import read_meta, source
from cleaning.outline import outline


def test_standard_tags_by_lower_cased_name() -> None:
    """Names in any case; other tags are left alone; the first non-empty value wins."""
    page = outline(
        LexborHTMLParser(
            '<meta name="SiteName" content=" 林州市\u3000政府 "><meta name="SITEIDCODE" content="4105810001">'
            '<meta name="viewport" content="w"><meta name="PubDate" content=""><meta name="PubDate" content="2024-01-02">',
        )
    )
    assert read_meta(page) == {"sitename": "林州市 政府", "siteidcode": "4105810001", "pubdate": "2024-01-02"}


def test_source_from_meta_before_text() -> None:
    """The meta tag wins over the info line."""
    assert source({"contentsource": "市医保局"}, "来源：市政府") == "市医保局"


def test_source_from_the_info_line_ends_before_the_next_label() -> None:
    """Whatever stands behind the name is not part of it."""
    assert source({}, "发布时间：2024-03-15 来源：市发展和改革委员会 浏览次数：12") == "市发展和改革委员会"
    assert source({}, "信息来源:市水利局作者：李某") == "市水利局"
    assert source({}, "正文没有说明出处") == ""
