"""One verdict per page."""

import pytest

from cleaning.page import Judgement, Shell
from cleaning.reasons import ReasonCode, Verdict
from cleaning.verdict import judge
from tests.cleaning.judged import GOV, gov_page, judged, plain_page, reading

PROSE = "为进一步规范政府信息公开工作，现将有关事项通知如下，请各单位认真贯彻落实。"
SPAM = "<div style='display:none'><a href='http://www.bet888.com/'>澳门新葡京注册送彩金</a><a href='http://www.x9.net/'>时时彩</a></div>"


def codes(judgement: Judgement) -> set[ReasonCode]:
    """The codes of a judgement's reasons."""
    return {reason.code for reason in judgement.reasons}


def test_good_page_with_hidden_links_is_harmful_and_reported() -> None:
    """A hacked government page: harmful, with a finding that names the block for the site's owner."""
    judgement = judged(gov_page("通知", PROSE, PROSE).replace("<h1>", f"{SPAM}<h1>"))
    assert judgement.verdict is Verdict.HARMFUL
    assert judgement.reasons[0].code is ReasonCode.HIDDEN_LINKS
    assert judgement.findings[0].code is ReasonCode.HIDDEN_LINKS
    assert "http://www.bet888.com/" in judgement.findings[0].detail


def test_title_that_the_text_knows_nothing_of_is_injected() -> None:
    """Search-engine spam writes the head title and leaves the page alone."""
    html = gov_page("通知", PROSE, PROSE).replace("<title>通知_", "<title>时时彩投注平台-注册送彩金-百家乐_")
    judgement = judged(html)
    assert judgement.verdict is Verdict.HARMFUL
    assert [finding.code for finding in judgement.findings] == [ReasonCode.INJECTED_TITLE]


@pytest.mark.parametrize(
    "html",
    [
        "<title>404 Not Found</title><h1>404 Not Found</h1>",
        "<p>抱歉，您访问的页面不存在，3秒后自动跳转到首页</p>",
        "<title>出错了</title><p>系统异常</p>",
    ],
)
def test_soft_404_is_irrelevant(html: str) -> None:
    """Pages that say they are not there."""
    judgement = judged(html)
    assert judgement.verdict is Verdict.IRRELEVANT
    assert judgement.reasons[0].code is ReasonCode.SOFT_404


def test_empty_page_is_irrelevant_unless_it_waits_for_its_script() -> None:
    """Nothing to read is nothing; a script shell is judged when the browser has filled it."""
    assert codes(judged("<body></body>")) == {ReasonCode.EMPTY_PAGE}
    waiting = reading(url=GOV, visible="", shell=Shell("script-shell", "an empty #app"))
    assert ReasonCode.EMPTY_PAGE not in codes(judge(waiting))


def test_harmful_goes_before_ad_and_irrelevant() -> None:
    """Where several hold, the first of the order wins."""
    text = "注册送彩金，时时彩，百家乐，首存返水。全场优惠限时抢购，加盟热线，厂家直销。"
    assert judged(plain_page("优惠", text, text), "http://shop.example.com/").verdict is Verdict.HARMFUL


def test_reasons_are_weighed_and_sorted() -> None:
    """Heaviest first, each with where and detail; those against carry the other sign."""
    judgement = judged(gov_page("关于食材采购的公告", PROSE))
    weights = [abs(reason.weight) for reason in judgement.reasons]
    assert weights == sorted(weights, reverse=True)
    assert all(reason.detail and reason.where for reason in judgement.reasons)


def test_home_page_of_a_government_is_kept() -> None:
    """A home page is links and little text."""
    links = "".join(f"<li><a href='/a{n}.html'>我市召开第{n}次工作会议</a></li>" for n in range(20))
    html = f"<title>林州市人民政府</title><ul>{links}</ul><div class=footer>主办单位：林州市人民政府</div>"
    assert judged(html, "http://www.linzhou.gov.cn/").verdict is Verdict.KEPT
