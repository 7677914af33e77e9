"""Laws of reading and judging: for any input, not for examples."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from cleaning import content, dates, fingerprints, forms, hidden, meta, page_type
from cleaning.outline import fold, outline
from cleaning.read import read
from cleaning.verdict import judge
from tests.cleaning.judged import calls, reading

PIECES = st.sampled_from(
    [
        "<div>", "</div>", "<p>", "</p>", "<table><tr><td>", "</table>", "<a href='http://x.com/'>", "</a>", "<li>", "<script>",
        "</script>", "<style>", "<h1>", "</h1>", "<form>", "<input name=q>", "<br>", "<select><option value=1>", "<title>", "</title>",
        "<div style='display:none'>", "<marquee width=1>", "<meta name=PubDate content='2024-02-30'>", "<!--", "-->", "\x00", "&#0;", "&nbsp;",
        "当前位置：首页 > 公开", "政府信息公开，依法公开。", "2024年13月45日", "发布时间：2024-03-15", "澳门新葡京 注册送彩金", "\u3000", "\ud83d\ude00", "404 not found",
    ],
)  # fmt: skip
HTML = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=40).map("".join)
URL = st.one_of(
    st.sampled_from(["", "http://www.x.gov.cn/", "http://[", "http://a.com/2019/2/30/t20190230_1.html"]),
    st.text(max_size=20),
)


@settings(max_examples=200, deadline=None)
@given(HTML, URL)
def test_judging_never_raises_and_repeats_itself(html: str, url: str) -> None:
    """Any bytes, any URL: the same reading and the same judgement twice, and no exception on the way."""
    page = outline(LexborHTMLParser(html))
    values = meta.read_meta(page)
    found = content.extract(page, url, values)
    page_type.classify(url, found, forms.read_forms(page, url), ())
    hidden.hidden_roots(page, url)
    dates.published(values, found.visible, url)
    body = html.encode("utf-8", "surrogatepass")
    assert judge(read(body, url)) == judge(read(body, url))


@settings(max_examples=200, deadline=None)
@given(HTML)
def test_no_text_is_invented(html: str) -> None:
    """Every line of the main text stands in the visible text, and every character of that in the page."""
    tree = LexborHTMLParser(html)
    page = content.extract(outline(tree), "http://www.x.gov.cn/a.html", {})
    shown = page.visible.split("\n")
    assert all(line in shown for line in page.text.split("\n") if page.text)
    everything = "".join(fold((tree.root.text() if tree.root else "") or "").split())
    assert all(_in_order("".join(line.split()), everything) for line in shown)


def _in_order(line: str, everything: str) -> bool:
    """Whether all characters stand in the page, in this order: what is not shown may stand between them."""
    rest = iter(everything)
    return all(character in rest for character in line)


def test_a_title_in_the_body_may_part_a_line() -> None:
    """Found by the law above when it asked for one piece: the words around a misplaced title are one line."""
    page = content.extract(outline(LexborHTMLParser("--><title><div></title>0")), "http://www.x.gov.cn/a.html", {})
    assert page.visible == "-->0"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_text_hash_does_not_change_under_folding(text: str) -> None:
    """Folding is idempotent, and a text and its folded form have one hash and one number hash."""
    assert fold(fold(text)) == fold(text)
    assert fingerprints.text_hash(fold(text)) == fingerprints.text_hash(text)
    assert fingerprints.text_hash(text) == "" if not fold(text) else len(fingerprints.text_hash(text)) == 64


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_judgement_of_any_text_is_one_verdict_with_reasons(text: str, title: str) -> None:
    """Whatever the text, a verdict other than `duplicate` and at least one reason."""
    verdict = judge(reading(text=text, visible=text, title=title, site_title=title))
    assert verdict.verdict != "duplicate"
    assert verdict.reasons


@pytest.mark.sources
@pytest.mark.parametrize(
    "build",
    [
        lambda n: "<div>" * n,
        lambda n: "<h3 class=title>" * n + "x" * 9,
        lambda n: "<span style='display:none'>" * n + "<a href='http://q.com/'>彩金</a>",
        lambda n: "<div class=adbox>广告" * n,
        lambda n: "<p>政府信息公开，依法公开。</p>" * n,
        lambda n: "<a href='http://q.com/'>新葡京</a>" * n,
    ],
    ids=["nested", "headings", "hidden", "ads", "paragraphs", "anchors"],
)
def test_cost_grows_in_proportion(build) -> None:
    """Eight times the input makes about eight times the calls of ours (the parse left out)."""
    small, great = (_work(LexborHTMLParser(build(size))) for size in (500, 4_000))
    assert great <= 10 * small


def _work(tree: LexborHTMLParser) -> int:
    """Calls of extraction and hidden blocks on a parsed tree."""
    url = "http://www.x.gov.cn/"

    def work() -> None:
        page = outline(tree)
        content.extract(page, url, {})
        hidden.hidden_roots(page, url)

    return calls(work)


def test_one_line_of_five_megabytes_is_read() -> None:
    """A page of one endless line is judged like any other."""
    line = "政府信息公开123。" * 500_000
    page = read(f"<p>{line}</p>".encode(), "http://www.x.gov.cn/a.html")
    assert judge(page).verdict == "kept"
    assert page.simhash
