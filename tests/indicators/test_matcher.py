"""The matcher: snippets that stand in the page, negation, places, folding, determinism."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.page import Form, Link, LinkKind, Media, PageType, Reading
from indicators import catalogue
from indicators.evidence import Strength
from indicators.folding import fold, folded
from indicators.matcher import SNIPPET_LENGTH, Matcher
from indicators.records import Words, Zone
from indicators.structure import Facts, is_column
from indicators.words import Scanner, TermTable, compile_words
from indicators.zones import ORDER, columns, lay_out, own_title

MATCHER = Matcher(catalogue.load())
BLANK = Reading("http://www.city.gov.cn/a.html", "k", Media.HTML, "utf-8", "utf-8", "zh")
ALPHABET = "权责清单 索引号登录|Ａｂ：\n\x02\x03\x00市长信箱办理流程（）0１９\U00020000"


def links(*texts: str) -> tuple[Link, ...]:
    return tuple(Link(f"http://www.city.gov.cn/{n}", str(n), LinkKind.ANCHOR, text) for n, text in enumerate(texts))


def codes(reading: Reading) -> dict[str, Strength]:
    return {tag.code: tag.strength for tag in MATCHER.match(reading)}


def test_a_navigation_entry_is_chrome() -> None:
    """An entry in the navigation is evidence of strength chrome, shown with its anchor text."""
    (tag,) = [tag for tag in MATCHER.match(replace(BLANK, links=links("首页", "智能问答"))) if tag.code == "3.2.2-M01"]
    assert (tag.strength, tag.zone, tag.snippet) == (Strength.CHROME, "link", "智能问答")


def test_content_wins_over_chrome() -> None:
    """A page that is the thing and also links to it has one tag, of strength content."""
    page = replace(
        BLANK,
        title="权责清单",
        column_path=("权责清单",),
        page_type=PageType.LIST,
        list_items=9,
        links=links("权责清单"),
    )
    assert codes(page)["1.1.1-M01"] is Strength.CONTENT
    assert codes(replace(BLANK, links=links("权责清单")))["1.1.1-M01"] is Strength.CHROME


def test_a_file_is_no_answer_of_its_own() -> None:
    """What hangs on an answer explains it, and is counted with the page it hangs on."""
    page = replace(BLANK, title="检测数据说明", text="经核实，水质合格。", page_type=PageType.ARTICLE)
    assert codes(page)["2.3.3-M03"] is Strength.CONTENT
    assert "2.3.3-M03" not in codes(replace(page, page_type=PageType.ATTACHMENT))


@pytest.mark.parametrize("entry", ["网上预约（暂未开通）", "正在建设中的网上预约"])
def test_what_is_announced_is_not_there(entry: str) -> None:
    """A negation beside the term voids it; the same term without it counts."""
    assert "2.1.2-M04" not in codes(replace(BLANK, links=links(entry)))
    assert "2.1.2-M04" in codes(replace(BLANK, links=links("网上预约")))


def test_a_negation_in_another_line_says_nothing() -> None:
    """A negation voids only what stands in its own line."""
    assert "2.1.2-M04" in codes(replace(BLANK, links=links("网上预约", "敬请期待")))


def test_hidden_links_are_no_entries() -> None:
    """A link no visitor can see is no entry."""
    hidden = tuple(link._replace(hidden=True) for link in links("智能问答"))
    assert "3.2.2-M01" not in codes(replace(BLANK, links=hidden))


def test_error_pages_have_no_tags() -> None:
    """A soft 404 shows the template's navigation; it evidences nothing."""
    page = replace(BLANK, links=links("智能问答", "登录"))
    assert codes(page)
    assert not codes(replace(page, page_type=PageType.ERROR))


def test_letter_spaced_and_full_width_spellings_match() -> None:
    """Letter-spaced and full-width spellings match; the snippet shows the page's own spelling."""
    page = replace(BLANK, forms=(), links=links("登 录", "ＥＮＧＬＩＳＨ"))
    tags = {tag.code: tag.snippet for tag in MATCHER.match(page)}
    assert tags["3.3.1-M01"] == "登 录"
    assert tags["3.1.1-M10"] == "ＥＮＧＬＩＳＨ"


def test_neighbouring_entries_do_not_join() -> None:
    """Two entries side by side never form a third word."""
    assert "2.1.1-M01" not in codes(replace(BLANK, chrome="市长 信箱大全"))


def test_forms_alone_are_evidence() -> None:
    """A search form without any word on it evidences the search box."""
    page = replace(BLANK, forms=(Form("http://www.city.gov.cn/s", "get", ("x",), "search"),))
    assert codes(page)["3.2.1-M01"] is Strength.CHROME


def test_department_pages_do_not_prove_the_governments_guide() -> None:
    """The disclosure guide of a department is not that of the government."""
    page = replace(BLANK, links=links("政府信息公开指南"))
    assert "1.1.3-M01" in codes(replace(page, site_title="某某市人民政府"))
    assert "1.1.3-M01" not in codes(replace(page, site_title="某某市林业局"))


@given(st.text(ALPHABET, max_size=60))
def test_folding_is_idempotent_and_goes_back(text: str) -> None:
    """Folding twice changes nothing; every folded character goes back to one that folds to it."""
    once = fold(text)
    assert folded(once.text) == once.text
    for place, character in enumerate(once.text):
        assert folded(text[once.back(place)]) == character
        end = min(place + 3, len(once.text))
        assert once.part(place, end) == once.text[place:end]


@given(st.text(ALPHABET, max_size=60))
def test_folding_by_pieces_and_as_a_whole_is_the_same(text: str) -> None:
    """A part between line ends folds alone as it does within the whole; its places go there and come back."""
    whole = fold(f"{text}\n{text}")
    second = len(text) + 1
    (start,) = whole.forth([second])
    assert whole.back(start) >= second
    assert whole.part(start, len(whole.coded)) == folded(text)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(ALPHABET, max_size=20), max_size=6),
    st.text(ALPHABET, max_size=200),
    st.text(ALPHABET, max_size=200),
    st.sampled_from(list(PageType)),
)
def test_laws(titles: list[str], text: str, chrome: str, kind: PageType) -> None:
    """Whatever the page: no error, at most one tag per point, confidence in 0..1, and snippets that stand in it."""
    page = replace(
        BLANK,
        title=text[:30],
        text=text,
        visible=text + "\n" + chrome,
        chrome=chrome,
        links=links(*titles),
        page_type=kind,
    )
    tags = MATCHER.match(page)
    assert tags == MATCHER.match(page)
    assert len({tag.code for tag in tags}) == len(tags)
    shown = "\x00".join((page.title, text, chrome, page.visible, page.url, page.site_title, *titles))
    for tag in tags:
        assert 0 < tag.confidence < 1
        assert len(tag.snippet) <= SNIPPET_LENGTH
        assert clean(tag.snippet) in clean(shown)


def clean(text: str) -> str:
    """Without the control characters that pages cannot show."""
    return text.translate(dict.fromkeys(map(ord, "\x00\x02\x03"), " "))


def test_role_none_is_never_tagged() -> None:
    """No rule exists for points that no single page can speak for."""
    points = catalogue.load().points
    assert not any(points[code].rules for code in ("3.1.2-M05", "3.1.2-M06", "1.2.1-M03", "1.3.1-M05", "3.1.1-M08"))


def test_half_characters_do_no_harm() -> None:
    """A link text made by a script may hold one half of a surrogate pair: the page has its tags all the same."""
    page = replace(BLANK, links=links("智能问答", "\ud800问"), text="\udfff权责清单", marks=("\ud83d",))
    assert "3.2.2-M01" in codes(page)


def test_a_number_counts_beside_its_name_only() -> None:
    """A visit count of one character is found where the line names it, and nowhere else."""
    (clause,) = [
        clause
        for rule in catalogue.load().points["2.2.3-M02"].rules
        for clause in rule.need
        if isinstance(clause, Words) and ("0",) in clause.groups
    ]
    table = TermTable()
    test = compile_words(replace(clause, groups=(("0",),), distinct=1), table)
    scanner = Scanner(table, frozenset())
    found = {
        text: test.first(scanner.scan(lay_out(page := replace(BLANK, text=text)), Facts(page))) is not None
        for text in ("到办事现场次数：0次", "到办事现场次数\n0次", "0次", "到办事现场次数：无")
    }
    assert [text for text, counts in found.items() if counts] == ["到办事现场次数：0次"]


TEXT, FRAME = ORDER.index(Zone.TEXT), ORDER.index(Zone.CHROME)
MANY_LETTERS = [chr(0x4E00 + 7 * place) for place in range(300)]
TERMS = [a + b for a, b in zip(MANY_LETTERS, MANY_LETTERS[1:] + MANY_LETTERS[:1], strict=True)] + MANY_LETTERS[::9]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([*MANY_LETTERS, *TERMS, "\n", "中", "ABC"]), max_size=60), st.sets(st.integers(0, 299)))
def test_every_occurrence_and_no_other(pieces: list[str], late: set[int]) -> None:
    """Terms of more characters than a byte tells apart are found where they stand, at first or when they are asked for."""
    table = TermTable()
    sights = [table.sights(term, (Zone.TEXT,), late=place in late)[0] for place, term in enumerate(TERMS)]
    text = "".join(pieces)
    layout = lay_out(page := replace(BLANK, text=text))
    seen = Scanner(table, frozenset()).scan(layout, Facts(page))
    seen.read_on()
    start, folded_text = seen.starts[TEXT], seen.text_of(TEXT)
    assert folded_text == folded(layout.raw[layout.starts[TEXT] : layout.ends[TEXT]])
    for term, sight in zip(TERMS, sights, strict=True):
        places = [start + at for at in range(len(folded_text)) if folded_text.startswith(term, at)]
        assert [begin for begin, _ in seen.of(sight)] == places
        assert not places or sight in seen.sights
        hit = seen.first(sight)
        assert (hit and (hit.zone, hit.start, hit.end)) == (
            (TEXT, places[0], places[0] + len(term)) if places else None
        )


def test_the_browsers_title_names_the_column_where_no_breadcrumb_does() -> None:
    """A column between the article's title and the site's name counts; with a breadcrumb, only that counts."""
    page = replace(BLANK, title="防雷检测怎么收费", site_title="防雷检测怎么收费_常见问题解答_某某市气象局")
    assert columns(page) == ("防雷检测怎么收费", "常见问题解答")
    assert columns(replace(page, column_path=("互动交流",))) == ("互动交流",)
    assert columns(replace(page, site_title="某某市气象局")) == ()


def test_a_row_of_tabs_is_no_title() -> None:
    """A heading that says its first word again holds the column's tabs; the first is the page's name."""
    page = replace(BLANK, title="局长信箱 局长信箱 我要写信 办理统计 意见征集")
    assert own_title(page) == "局长信箱"
    assert own_title(replace(page, title="某某市人民政府 关于印发办法的通知")) == "某某市人民政府 关于印发办法的通知"


def _title_zone(page: Reading) -> str:
    layout = lay_out(page)
    place = ORDER.index(Zone.TITLE)
    return layout.raw[layout.starts[place] : layout.ends[place]]


def test_a_page_named_only_like_its_site_is_named_by_the_words_its_text_begins_with() -> None:
    """Not where the title says more, the page is an index, or the text begins with a label, a date or a sentence."""
    unnamed = replace(
        BLANK, title="某某市政务网", site_title="某某市政务网", text="办件跟踪\n流水号：", page_type=PageType.ARTICLE
    )
    assert "办件跟踪" in _title_zone(unnamed)
    assert "办件跟踪" in _title_zone(replace(unnamed, title="", site_title=""))
    for other in (
        replace(unnamed, title="供水公告"),
        replace(unnamed, page_type=PageType.LIST),
        replace(unnamed, text="流水号：办件跟踪"),
        replace(unnamed, text="今天办件跟踪系统开通，欢迎使用。"),
    ):
        assert "办件跟踪" not in _title_zone(other)


LINES = st.lists(st.sampled_from(["首页", "政务公开", "办事服务", "分享", "标题", "首页 导航"]), max_size=5)
TEXT_LINES = [
    "本办法自公布之日起施行，由市人民政府办公室负责解释，有效期五年。" * 3,
    "分享",
    "各县人民政府，市直各部门：",
]


@given(LINES, LINES, LINES)
def test_the_frame_is_what_was_cut_and_what_stands_around(before: list[str], cut: list[str], after: list[str]) -> None:
    """Whether lines were cut or not: each of them once, then the lines around, without the title and the text's own."""
    chrome = [*before, *after]
    page = replace(
        BLANK,
        title="标题",
        text="\n".join(TEXT_LINES),
        chrome="\n".join(chrome),
        visible="\n".join([*before, *cut, *TEXT_LINES, *after]),
    )
    lines = [*[line for line in cut if line not in {*TEXT_LINES, *chrome}], *chrome]
    entries = dict.fromkeys(word for line in lines if line != "标题" for word in line.split())
    layout = lay_out(page)
    frame = layout.raw[layout.starts[FRAME] : layout.ends[FRAME]]
    assert [entry for entry in frame.translate(dict.fromkeys((2, 3), "\n")).split("\n") if entry] == list(entries)


def test_a_letter_spaced_label_in_the_frame_is_one_entry() -> None:
    """`索 引 号` before the main text is the label, not three entries of a menu."""
    frame = "索 引 号\nQX-1\n发布机构\n市气象局\n发文日期\n2018-05-11\n" + "地址：某某市人民路一号\n" * 12
    page = replace(BLANK, title="关于印发预案的通知", text="现将预案印发给你们。" * 9, chrome=frame, visible=frame)
    assert codes(page)["1.1.3-M03"] is Strength.CONTENT


@pytest.mark.parametrize(
    ("title", "path", "column"),
    [
        ("市级权力清单", ("政务公开", "权力清单"), True),
        ("政务新媒体矩阵", ("政务新媒体",), True),
        ("某某市人民政府信息公开目录", ("信息公开目录",), True),
        ("部门事项(第2页)", ("部门事项",), True),
        ("护照办理指南", ("办事指南",), False),
        ("市第一人民医院工程招标公告", ("招标公告",), False),
    ],
)
def test_a_column_is_told_with_a_word_beside_its_name(title: str, path: tuple[str, ...], column: bool) -> None:  # noqa: FBT001
    """What stands around the name says whose it is or that it is a list; an item's title says what it is about."""
    assert is_column(replace(BLANK, title=title, column_path=path, page_type=PageType.ARTICLE)) is column
