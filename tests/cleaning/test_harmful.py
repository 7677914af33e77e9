"""Harmful pages, and pages about fighting them."""

import pytest

from cleaning.harmful import hidden_links
from cleaning.normalise import normalise
from cleaning.read import read
from cleaning.reasons import ReasonCode
from tests.cleaning.judged import GOV, SHOP, gov_page, judged, plain_page

GAMBLING = "本平台提供时时彩、北京赛车、百家乐等真人娱乐，注册送彩金88元，首存返水，提款秒到账，代理加盟请加微信客服。"
PORN = "成人视频在线观看，激情裸聊，同城约炮，美女上门服务小姐，全套服务，约炮加微信。"
FRAUD = "专业办假证，文凭代办，学历办理学信网可查，刻章办证，可验后付，开发票联系扣扣。"


@pytest.mark.parametrize(
    ("text", "code"),
    [(GAMBLING, ReasonCode.GAMBLING), (PORN, ReasonCode.PORNOGRAPHY), (FRAUD, ReasonCode.FRAUD)],
)
@pytest.mark.parametrize("url", [GOV, SHOP])
def test_the_trade_itself_is_harmful(text: str, code: ReasonCode, url: str) -> None:
    """Whoever's host it stands on; on an official one it is also a finding for its owner."""
    judgement = judged(plain_page("最新入口", text, text), url)
    assert judgement.verdict == "harmful"
    assert judgement.reasons[0].code is code
    assert bool(judgement.findings) == (url == GOV)


@pytest.mark.parametrize(
    "text",
    [
        "注册送彩金，時時彩投注平臺，真人荷官在線，首存返水。",  # traditional
        "注*册*送*彩*金，时-时-彩，投·注·平·台，真 人 荷 官，首|存，返~水。",  # split
        "注册送彩金，ｐｋ１０，ｂｅｔ３６５，北京赛车，首存返水。",  # full width
        "bocai平台，佰家乐，六盒彩，shishicai，注册送彩金，首存。",  # homophones and pinyin
        "&#27880;&#20876;&#36865;&#24425;&#37329;&#65292;&#26102;&#26102;&#24425;，首存，返水，百家乐",  # entities
        "注\u200b册\u200b送\u200b彩\u200b金，时\u200b时\u200b彩，首存，返水，百家乐。",  # zero width
    ],
    ids=["traditional", "split", "full-width", "homophones", "entities", "zero-width"],
)
def test_disguised_words_are_read(text: str) -> None:
    """What spam does to its words does not hide them."""
    assert judged(plain_page("入口", text, text), SHOP).verdict == "harmful"


POLICE = {
    "gambling": ("警方捣毁一跨境网络赌博团伙", "市公安局破获一起利用时时彩、百家乐开设赌场案，抓获犯罪嫌疑人12名，涉案平台以注册送彩金、真人荷官为诱饵。警方提醒广大群众远离赌博，切勿轻信，发现线索请拨打110举报。"),
    "fraud": ("谨防刷单返利诈骗", "反诈中心提醒：刷单兼职、无抵押贷款、不看征信都是诈骗，请勿轻信加微信的客服，不要转账。如遇被骗请立即拨打96110报警，公安机关将严厉打击电信网络诈骗违法犯罪。"),
    "pornography": ("扫黄打非专项行动情况通报", "执法人员查处传播色情、淫秽信息的网站3家，清理成人视频、裸聊等有害信息，依法给予行政处罚。欢迎群众举报。"),
    "tax": ("代开增值税发票办事指南", "代开发票申请条件：已办理税务登记的小规模纳税人。申请材料：代开增值税发票缴纳税款申报单。办理流程：到政务服务大厅税务窗口办理，开票后付款凭证留存。"),
    "lottery": ("福利彩票开奖公告及公益金使用情况", "中国福利彩票快三、11选5开奖公告见附件。中奖号码以公告为准，福彩中心提醒理性购彩。本年度彩票公益金由财政部门、民政局按规定用于养老服务。"),
    "drugs": ("仿真枪、气枪收缴通告", "凡非法持有仿真枪、气枪、弩弓、摇头丸、K粉的人员，自通告发布之日起主动上交公安机关的，依法从轻处罚。举报电话110。"),
}  # fmt: skip


@pytest.mark.parametrize("case", POLICE)
def test_pages_about_fighting_it_and_lawful_ones_pass(case: str) -> None:
    """Police notices, tax guides and the state lottery use the same words lawfully."""
    title, text = POLICE[case]
    assert judged(gov_page(title, text, text), GOV).verdict == "kept"


def test_normalising_twice_changes_nothing() -> None:
    """Normal text is a fixed point."""
    once = normalise("Ａ薇信：加V-X，博*彩；２０２４-０３-１５")
    assert normalise(once) == once
    assert "2024-03-15" in once


def test_spam_links_in_view_are_found_where_they_stand() -> None:
    """An owner who is told to look for hidden code would not find them."""
    spam = "".join(
        f'<a href="http://www.{name}.example/">澳门百家乐注册送彩金</a>' for name in ("q1bet", "v8win", "k3pay")
    )
    for style, place in (("", "links"), ("display:none", "hidden")):
        page = f'<html><body><p>{"市人民政府办公室关于印发工作方案的通知。" * 5}</p><div style="{style}">{spam}</div></body></html>'
        found = hidden_links(
            read(page.encode(), "http://www.example.gov.cn/art/1.html", content_type="text/html; charset=utf-8")
        )
        assert [reason.where for reason in found] == [place]
