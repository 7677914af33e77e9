"""Messages: short texts that nobody's frame stands around, weighed by a model of their own."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning import messages
from cleaning.normalise import normalise
from cleaning.page import Judgement
from cleaning.reasons import Verdict
from cleaning.verdict import judge
from tests.cleaning import message_cases
from tests.cleaning.judged import GOV, gov_page, judged, reading

SPAM = {
    "shop": ("春装上新全场五折起，满三百送手提包，会员双倍积分，数量有限先到先得，详询68001122，回T退订", Verdict.AD),
    "flats": ("地铁旁精装两居首付八万起，样板间盛大开放，到访即送大礼，品鉴热线4006001122", Verdict.AD),
    "course": ("暑期英语一对一辅导班火热招生，名师小班授课，老生带新生各减二百元，免费试听，报名电话13800000000", Verdict.AD),
    "points": ("尊敬的用户，您的积分已满一万可兑换现金五百元，请登录 http://wap.95abc.cc 领取，逾期清零", Verdict.HARMFUL),
    "frozen": ("尊敬的客户您的电子密码器将于今日失效，请及时登录网址 www.icbcx.cc 升级激活，给您带来不便敬请谅解", Verdict.HARMFUL),
    "invoices": ("本公司代开各行业发票，点数优惠，可先验后付，需要请加QQ88776655，联系人陈小姐", Verdict.HARMFUL),
    "casino": ("真人荷官在线发牌，注册就送彩金，首存百分百返水，登录 vip88.cc 开户", Verdict.HARMFUL),
}  # fmt: skip
HONEST = {
    "debit": "您尾号1122的储蓄卡今日支出人民币350.00元，余额1,204.18元。",
    "code": "验证码662031，您正在登录，请勿告诉他人。",
    "parcel": "您的快递已放到小区东门驿站，请凭取件码领取。",
    "usage": "截至今日您套餐内流量已使用3.1GB，剩余1.9GB。",
    "school": "明天下午开家长会，请各位家长准时到校。",
    "warning": "警方提醒：冒充银行客服以积分兑换为名的短信是诈骗，请勿点击其中网址。",
    "friend": "我晚点到，你们先吃，不用等我。",
    "letter": "您好，我们小区的路灯坏了两个月，多次向物业反映没有人修，请有关部门帮忙解决。",
}


def _message(text: str) -> Judgement:
    return judge(reading(text=text, visible=text))


@pytest.mark.parametrize("case", SPAM)
def test_spam_is_told(case: str) -> None:
    """Shops, flats and loans are ads; fraud, forgery and gambling are harmful; the first reason has the verdict's weight."""
    text, wanted = SPAM[case]
    found = _message(text)
    assert found.verdict is wanted
    assert found.reasons[0].weight > 0


@pytest.mark.parametrize("case", HONEST)
def test_honest_messages_pass(case: str) -> None:
    """Banks, carriers, couriers, schools, the police and friends use the same words honestly."""
    assert _message(HONEST[case]).verdict not in {Verdict.AD, Verdict.HARMFUL}


def test_the_reason_names_the_terms_that_decided() -> None:
    """The terms stand in the message, pairs first, with their weights."""
    text = "店庆来啦，羊绒衫满二送一，周六到店领帆布袋，详询68001122"
    reason = _message(text).reasons[0]
    assert reason.detail.startswith("message ad: ")
    named = [part.rpartition(" +")[0] for part in reason.detail.removeprefix("message ad: ").split("、")]
    assert named
    assert all(one.lstrip("^$") in messages.signs(normalise(text)) for one in named)


def test_what_a_message_begins_and_ends_with_counts_as_such() -> None:
    """The same signs in another place are other features; a text of three signs has no ends to speak of."""
    assert {"^亲", "^亲爱", "$退", "$回退"} <= messages.features("亲爱的会员回退")
    assert not {"^亲", "$退"} & messages.features("会员亲爱的退会")
    assert not any(one[0] in "^$" for one in messages.features("亲爱的"))


def test_pages_are_not_messages() -> None:
    """The same words in an official frame are judged by the frame and the topic, never by this model."""
    for text, _ in SPAM.values():
        details = [one.detail for one in judged(gov_page("通知", text), GOV).reasons]
        assert not any(detail.startswith("message ") for detail in details)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("详询13812345678", "详询 138-1234-5678"),
        ("详询 CELLPHONE", "详询13812345678"),
        ("登录http://a.b.cn/x?y=1领取", "登录 t.cn/zH2Pgpk 领取"),
        ("首付8万", "首付15.5万"),
        ("5月3日开盘", "12月28日开盘"),
        ("代开發票", "代开发.票"),
    ],
)
def test_copies_of_one_message_have_the_same_signs(one: str, other: str) -> None:
    """Numbers, addresses and disguises change from copy to copy and are no features."""
    assert messages.signs(normalise(one)) == messages.signs(normalise(other))


@settings(deadline=None)
@given(st.text(alphabet="送优惠券☎0123456789.-abqhttp:/ 您的\n\U00020000", max_size=900))
def test_any_text_is_weighed(text: str) -> None:
    """No text is too strange; at most MAX_SIGNS signs are looked at; the same text gives the same sums."""
    normal = normalise(text)
    assert len(messages.signs(normal)) <= messages.MAX_SIGNS
    assert messages.weigh(normal) == messages.weigh(normal)


def test_a_malformed_model_is_refused_with_its_line() -> None:
    """A row that is none is named; a file without bias or terms is refused."""
    with pytest.raises(ValueError, match="line 2"):
        messages.parse("(bias)\t0\t0\n退订\t1.0\n")
    with pytest.raises(ValueError, match="no bias"):
        messages.parse("退订\t1.0\t0\n")


def test_the_shipped_model_is_small_and_readable() -> None:
    """At most 200 kB, one term of one or two signs per line, with its place where it is an end's, sorted."""
    path = Path(__file__).parents[2] / "cleaning/rules/messages.tsv"
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith(("# ", "("))]
    terms = [line.split("\t")[0] for line in lines]
    assert path.stat().st_size <= 200_000
    assert terms == sorted(set(terms))
    assert all(1 <= len(term.lstrip("^$")) <= 2 for term in terms)


def test_without_the_model_the_word_lists_judge_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing model file costs recall only."""
    monkeypatch.setattr(messages, "model", lambda: None)
    assert _message(SPAM["casino"][0]).verdict is Verdict.HARMFUL
    assert _message(HONEST["friend"]).verdict is not Verdict.AD


def test_messages_of_new_styles() -> None:
    """Styles without a training text: at most one honest message in fourteen is called spam, three in four of spam are found."""
    false = [text for text in message_cases.HONEST if _message(text).verdict in {Verdict.AD, Verdict.HARMFUL}]
    found = [text for text in message_cases.SPAM if _message(text).verdict in {Verdict.AD, Verdict.HARMFUL}]
    assert len(false) <= len(message_cases.HONEST) / 14, false
    assert len(found) >= 0.75 * len(message_cases.SPAM)
