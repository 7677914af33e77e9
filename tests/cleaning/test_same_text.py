"""Copies in other frames are one text; a page with one other number, name or word is another."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cleaning.same_text import same_but_edges
from tests.cleaning.saved_pages import articles

BODY = (
    "各县区人民政府，市直各部门：\n为方便群众就近办理，经研究，决定自九月起延长窗口服务时间。\n"
    "一、周一至周五中午不休息；\n二、周六上午照常受理。请各单位做好衔接，确保群众少跑路。\n"
    "三、各窗口应当在醒目位置公布咨询方式；不能当场办结的，应当一次告知所需材料和办理时限。\n"
    "四、延时服务情况纳入年度考核，由政务服务管理机构每月通报，连续两月排名靠后的单位应当作出书面说明。\n"
    "五、本通知由政务服务管理机构负责解释，此前规定与本通知不一致的，以本通知为准，请遵照执行。\n"
)


@pytest.mark.parametrize(
    "other",
    [
        BODY.replace("，", ", ").replace("\n", " \n\n"),
        "来源：办公室 浏览次数：十\n" + BODY,
        BODY + "本文由科技局网站整理转发，如有疑问请联系原单位。",
        BODY + "责任编辑：小周\n打印\n",
    ],
)
def test_the_same_text_in_another_frame(other: str) -> None:
    """Marks, blanks, an info line, an editor's line, a note of the copying site: one text, whichever comes first."""
    assert same_but_edges(BODY, other)
    assert same_but_edges(other, BODY)


def test_two_labelled_frames_are_both_frame() -> None:
    """Each copy has an info line of its own."""
    assert same_but_edges("来源：办公室\n" + BODY, "来源：科技局\n" + BODY + "编辑：小周")


@pytest.mark.parametrize(
    ("part", "instead"),
    [("九月", "十月"), ("周六", "周日"), ("市直各部门", "市属各企业"), ("少跑路", "跑多路"), ("不休息", "休息")],
)
def test_one_other_word_is_another_text(part: str, instead: str) -> None:
    """In the first line, in the middle and in the last one."""
    assert part in BODY
    assert not same_but_edges(BODY, BODY.replace(part, instead))


def test_two_other_last_lines_are_two_texts() -> None:
    """What both have of their own at an end is frame only where it is labelled: here it is who was appointed."""
    assert not same_but_edges(BODY + "任命周文为主任", BODY + "任命吴东为主任")


def test_a_text_with_a_tenth_more_is_another() -> None:
    """A copy leaves out little: what is longer by a paragraph says more."""
    assert not same_but_edges(BODY, BODY + "另外，" + "各县区应当同步延长服务时间并报备" * 4)
    assert not same_but_edges("", BODY)
    assert not same_but_edges("", "")


@settings(deadline=None)  # the first example reads the pages
@given(st.data())
def test_any_changed_character_inside_a_real_article_is_seen(data: st.DataObject) -> None:
    """On saved pages: replace one letter anywhere between the first and the last sentence."""
    text = data.draw(st.sampled_from(articles()))
    at = data.draw(st.integers(len(text) // 4, 3 * len(text) // 4))
    letter = data.draw(st.sampled_from("甲乙丙丁零一二三张王李"))
    assume(text[at].isalnum() and text[at] != letter)
    assert not same_but_edges(text, text[:at] + letter + text[at + 1 :])
    assert same_but_edges(text, text)
