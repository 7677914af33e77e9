"""Content judged by itself: whole articles in official frames, through the doors the crawler uses."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning import matter, topics
from cleaning.normalise import normalise
from cleaning.page import Judgement
from cleaning.reasons import ReasonCode, Verdict
from cleaning.scoring import NOTHING_FOUND
from cleaning.verdict import judge
from tests.cleaning.content_cases import MARKETING, PASTIME, PLACE, SERVICE
from tests.cleaning.judged import GOV, gov_page, judged, plain_page, reading

# The same bodies in three families of official pages: standard meta tags and editor's body, a jcms-like table, a VSB-like form.
JCMS = """<html><head><title>{title}</title><meta name="SiteName" content="清源县人民政府">
<meta name="SiteIDCode" content="3607220003"></head><body><table id="top"><tr><td><a href="/col/col1/">政务公开</a>
<a href="/col/col2/">政民互动</a><a href="/col/col3/">办事服务</a></td></tr></table>
<table><tr><td>您现在的位置：<a href="/">首页</a>&gt;&gt;<a href="/col/col9/">工作动态</a></td></tr></table>
<table id="article"><tr><td class="title">{title}</td></tr><tr><td>发布日期：2023-11-02 信息来源：县融媒体中心 字号：[大 中 小]</td></tr>
<tr><td class="bt_content"><div id="zoom">{body}</div></td></tr></table>
<table id="foot"><tr><td>清源县人民政府办公室主办 网站标识码：3607220003 赣ICP备06000001号 赣公网安备36072202000001号</td></tr></table></body></html>"""
VSB = """<html><head><title>{title}-东山区发展和改革局</title><meta name="keywords" content="东山区发展和改革局"></head><body>
<div class="header"><ul class="nav"><li><a href="../index.htm">网站首页</a></li><li><a href="../zcfg.htm">政策法规</a></li></ul></div>
<div class="position">当前位置：<a href="../index.htm">网站首页</a> / <a href="../tzgg.htm">公示公告</a></div>
<form name="_newscontent_fromname"><div class="content-title"><h3>{title}</h3><i>时间：2024-06-21 点击：<span>88</span></i></div>
<div id="vsb_content"><div class="v_news_content">{body}</div></div></form>
<div class="footer"><p>版权所有：东山区发展和改革局</p><p>地址：迎宾路1号 电话：0791-0000000 赣ICP备07000002号-1</p></div></body></html>"""
FRAMES = {
    "trs": (None, GOV),
    "jcms": (JCMS, "http://www.qingyuan.gov.cn/art/2023/11/2/art_9_4411.html"),
    "vsb": (VSB, "http://fgj.dongshan.gov.cn/info/1004/2291.htm"),
}


def in_frame(frame: str, title: str, text: str) -> Judgement:
    """A text as an article of an official site."""
    template, url = FRAMES[frame]
    if template is None:
        return judged(gov_page(title, text), url)
    return judged(template.format(title=title, body=f"<p>{text}</p>"), url)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("case", SERVICE)
def test_what_governments_publish_is_kept_whatever_it_is_about(frame: str, case: str) -> None:
    """Sports meetings, vouchers, price lists of the price bureau, public recruitment, letters: never thrown away."""
    assert in_frame(frame, *SERVICE[case]).verdict is Verdict.KEPT


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("case", PLACE)
def test_what_a_place_says_of_itself_is_kept(frame: str, case: str) -> None:
    """Portraits, scenery, customs, advice to farmers and patients: no office acts in them, and nothing is sold."""
    assert in_frame(frame, *PLACE[case]).verdict is Verdict.KEPT


@pytest.mark.parametrize("frame", FRAMES)
def test_pastime_in_an_official_frame_is_irrelevant(frame: str) -> None:
    """Recipes, dramas, matches, games, stories: nine in ten are told, and hardly one is taken for an ad."""
    found = Counter(in_frame(frame, *case).verdict for case in PASTIME.values())
    assert found[Verdict.IRRELEVANT] >= 0.9 * len(PASTIME)
    assert found[Verdict.AD] <= 0.05 * len(PASTIME)


@pytest.mark.parametrize("frame", FRAMES)
def test_marketing_in_an_official_frame_is_an_ad(frame: str) -> None:
    """Firms, price lists, cures, flats, courses, agencies, jobs: nine in ten are told."""
    found = Counter(in_frame(frame, *case).verdict for case in MARKETING.values())
    assert found[Verdict.AD] >= 0.9 * len(MARKETING)


def test_reasons_name_the_strongest_pairs_with_their_weights() -> None:
    """The first reason of a decision by content lists pairs that stand in the page, heaviest first."""
    title, text = PASTIME["football"]
    reason = in_frame("trs", title, text).reasons[0]
    assert reason.code is ReasonCode.NOT_SERVICE
    assert reason.detail.startswith("topic pastime: ")
    named = [part.split(" +") for part in reason.detail.removeprefix("topic pastime: ").split("、")]
    assert 3 <= len(named) <= 5
    assert all(term in normalise(f"{title} {text}") for term, _ in named)
    weights = [float(weight) for _, weight in named]
    assert weights == sorted(weights, reverse=True)


def test_an_actor_holds_the_same_words_up() -> None:
    """A voucher sale of a shop and one of the commerce bureau share their words; only the actor differs."""
    sale = "家电以旧换新优惠大放送，冰箱空调洗衣机每件立减五百元，数量有限先到先得，凭旧机到门店抵扣，买满三千再送电饭煲，欢迎来电咨询，送货上门。"
    ours = f"经县人民政府同意，县商务局组织开展本次活动，补贴资金由县财政局审核拨付，社会监督电话12345。{sale}"
    assert in_frame("trs", "家电以旧换新", sale * 2).verdict is Verdict.AD
    assert in_frame("trs", "关于开展家电以旧换新补贴活动的公告", ours).verdict is Verdict.KEPT


def test_short_texts_and_lists_are_left_to_structure() -> None:
    """A line of text, and a column of links, say too little to be judged against their frame."""
    assert in_frame("trs", "通知", "今晚放映电影。").verdict is Verdict.KEPT
    rows = "".join(f"<li><a href='/art/{n}.html'>我县第{n}届篮球联赛赛程</a></li>" for n in range(12))
    assert judged(gov_page("体育赛事", f"<ul>{rows}</ul>")).verdict is Verdict.KEPT


def test_a_malformed_model_is_refused_with_its_line() -> None:
    """A row of the model file that is none is named, instead of judging by half a model."""
    with pytest.raises(ValueError, match="line 2"):
        topics.parse("(bias)\t0\t0\t0\n足球\t1.0\n")
    with pytest.raises(ValueError, match="no bias"):
        topics.parse("足球\t1.0\t0\t0\n")


def test_the_shipped_model_is_small_and_readable() -> None:
    """At most 300 kB, one term of one or two characters per line, sorted: the same texts give the same file."""
    path = Path(__file__).parents[2] / "cleaning/rules/topics.tsv"
    terms = [line.split("\t")[0] for line in path.read_text("utf-8").splitlines() if not line.startswith(("#", "("))]
    assert path.stat().st_size <= 300_000
    assert len(terms) == len(set(terms)) > 1000
    assert [topics.code(one) for one in terms] == sorted(topics.code(one) for one in terms)


def test_a_message_without_frame_is_judged_by_its_words() -> None:
    """Spam as it comes by text message: nothing but the text."""
    fraud = "尊敬的用户您的银行账户积分已满可兑换现金，请登录手机网址领取，逾期失效清零"
    plain = "您尾号的卡今天支出一百元，余额查询请登录手机银行，祝您生活愉快"
    assert judge(reading(text=fraud, visible=fraud)).verdict is Verdict.HARMFUL
    assert judge(reading(text=plain, visible=plain)).verdict not in {Verdict.HARMFUL, Verdict.AD}


def test_without_the_model_the_word_lists_judge_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing model file costs recall, never a page: nothing is decided by content."""
    monkeypatch.setattr(topics, "model", lambda: None)
    title, text = PASTIME["essay"]
    assert in_frame("trs", title, text).verdict is Verdict.KEPT
    blank = NOTHING_FOUND
    page = reading(text=text, chrome="首页")
    assert matter.weigh(page, title, text, blank, blank, blank) == matter.Matter(None, ())


def test_private_host_needs_no_model() -> None:
    """Off-topic pages of private hosts stay irrelevant or ads."""
    for title, text in PASTIME.values():
        assert judged(plain_page(title, text), "http://www.some-blog.com/p/1.html").verdict is not Verdict.KEPT


@settings(deadline=None)
@given(st.text(alphabet="中国的一足球比赛公告通知〇三千x、 \U00020000", max_size=300))
def test_the_model_is_looked_up_as_it_is_searched(text: str) -> None:
    """The rows found by look-up are those of the text's features that stand among the model's codes."""
    used = topics.model()
    assert used is not None
    wanted = np.flatnonzero(np.isin(used.codes, topics.features(text)))
    assert used.rows_of(text).tolist() == wanted.tolist()
