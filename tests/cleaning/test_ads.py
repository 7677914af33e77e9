"""Commercial pages."""

import pytest

from cleaning.page import Reading
from cleaning.reasons import ReasonCode
from cleaning.verdict import judge
from tests.cleaning.judged import GOV, SHOP, gov_page, judged, plain_page

MARKETING = "双十一大促全场五折优惠，限时抢购，正品包邮，买一送一。全国招商加盟，诚招代理商，加盟热线欢迎在线咨询，立即订购，厂家直销价格最低。"
LISTING = (
    "二手房出租信息：旺铺转让，房屋出租，求购二手车，疏通下水道，搬家公司上门服务，分类信息免费发布信息免费。价格面议。"
)
HIRING = "某电子厂急聘普工，高薪诚聘业务员，包吃住，五险一金，月薪八千，底薪加提成，无需经验，不限学历，待遇优厚。"


@pytest.mark.parametrize(
    ("text", "code"),
    [(MARKETING, ReasonCode.MARKETING), (LISTING, ReasonCode.LISTING), (HIRING, ReasonCode.RECRUITMENT_AD)],
)
def test_commercial_page_is_an_ad_with_its_kind(text: str, code: ReasonCode) -> None:
    """Marketing, classified listings and firms' job offers: the heaviest reason says which."""
    judgement = judged(plain_page("好消息", text, text), SHOP)
    assert judgement.verdict == "ad"
    assert judgement.reasons[0].code is code


def test_an_ad_put_on_an_official_host_is_an_ad() -> None:
    """The host alone does not save a page of nothing but marketing."""
    assert judged(plain_page("双十一大促限时抢购", MARKETING, MARKETING), GOV).verdict == "ad"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("2024年事业单位公开招聘工作人员公告", "市直事业单位公开招聘工作人员120名，报名人员须符合岗位条件，五险一金按规定缴纳，资格审查由人社局负责。"),
        ("关于开展汽车以旧换新补贴活动的通知", "对个人消费者购买新车给予补贴优惠，补贴价格以发票为准，由商务局负责审核，申请材料报送政务服务大厅。"),
        ("关于小额担保贷款申请条件的公告", "符合条件的创业人员可申请贷款，额度最高20万元，利息由财政局贴息，申请材料及办理流程见附件，由人力资源和社会保障局受理。"),
        ("第五届农产品博览会招商公告", "由市人民政府主办，农业农村局承办的博览会定于10月举行，现面向全社会招商，展位安排及参展商报名办法另行通知。"),
    ],
)  # fmt: skip
def test_official_business_in_commercial_words_is_kept(title: str, text: str) -> None:
    """Recruitment by public bodies, subsidies, loans and fairs are government work."""
    assert judged(gov_page(title, text, text), GOV).verdict == "kept"


def test_reasons_carry_words_of_the_page() -> None:
    """Every word named in a reason stands in the page."""
    judgement = judged(plain_page("好消息", MARKETING), SHOP)
    words = judgement.reasons[0].detail.split(": ", 1)[1].split("、")
    assert words
    assert all(word in MARKETING for word in words)


def test_attachment_is_kept_as_such(blank_attachment: Reading) -> None:
    """What is no page is kept for what it is."""
    judgement = judge(blank_attachment)
    assert (judgement.verdict, judgement.reasons[0].code) == ("kept", ReasonCode.ATTACHMENT)


@pytest.fixture
def blank_attachment() -> Reading:
    """A PDF as the reading side hands it over."""
    from cleaning.read import read

    return read(b"%PDF-1.4\n%\xe2\xe3\n", "http://www.x.gov.cn/a.pdf", content_type="application/pdf")
