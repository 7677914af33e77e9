"""Government-service content or not."""

import pytest

from cleaning.reasons import ReasonCode
from tests.cleaning.judged import GOV, gov_page, judged, plain_page

NEWS = "http://www.kuaile-blog.com/p/1.html"

OFF_TOPIC = {
    "cooking": ("红烧排骨的家常做法", "食材准备：排骨五百克，生抽、老抽、料酒各适量。锅中放油爆香姜片，倒入排骨翻炒，加白糖少许，小火炖四十分钟，大火收汁即可出锅。"),
    "sport": ("湖人加时绝杀火箭队取三连胜", "湖人主场加时险胜火箭，詹姆斯砍下三十分十篮板，末节三分球绝杀，主教练赛后称赞球员表现，球迷为球队欢呼。"),
    "games": ("王者荣耀新赛季英雄攻略", "新赛季开启，玩家关心哪些英雄技能更强。本攻略介绍排位出装、阵容搭配和打怪路线，帮助新手快速上分，皮肤限时返场。"),
    "stars": ("当红明星新剧大结局粉丝热议", "这部电视剧男主女主终于在一起，主演在综艺里谈到剧情，粉丝刷屏，演唱会和新专辑也在筹备，绯闻女友现身红毯。"),
    "novel": ("第三章 月光下的少女", "她微微一笑，轻声说道：王子，你终于来了。少年叹了口气，眼泪落下，心里想着那年江湖上的师父，夜色深沉，未完待续。"),
}  # fmt: skip

SERVICE = {
    "guide": ("残疾人两项补贴申领指南", "申请条件：具有本市户籍、持有残疾人证的低保家庭。申请材料：身份证、残疾人证。办理流程：乡镇受理、县民政局审核。办理时限：20个工作日。"),
    "news": ("我市召开安全生产工作会议", "3月12日，市委副书记、市长主持召开全市安全生产工作会议，传达学习上级会议精神，安排部署下一步工作。"),
    "culture": ("市图书馆举办书法作品展", "近日，由市文化和旅游局主办的书法作品展在市图书馆开展，吸引了许多市民前来参观，现场气氛热烈。"),
    "health": ("春季饮食健康提示", "春季气候多变，请广大市民注意食品安全，生熟分开，烹饪食材要烧熟煮透。市疾控中心提醒：如有不适及时就医。"),
    "short": ("关于停水的通知", "详见附件。"),
}  # fmt: skip


@pytest.mark.parametrize("case", OFF_TOPIC)
@pytest.mark.parametrize("url", [GOV, NEWS])
def test_off_topic_pages_are_irrelevant_wherever_they_stand(case: str, url: str) -> None:
    """Recipes, sports, games, stars and stories: on a blog and inside a government frame."""
    title, text = OFF_TOPIC[case]
    page = gov_page(title, text, text) if url == GOV else plain_page(title, text, text)
    judgement = judged(page, url)
    assert judgement.verdict == "irrelevant"
    assert ReasonCode.NOT_SERVICE in {reason.code for reason in judgement.reasons}


@pytest.mark.parametrize("case", SERVICE)
def test_government_content_is_kept(case: str) -> None:
    """Guides, news of the government's work, culture, health hints; when in doubt on an official host: kept."""
    title, text = SERVICE[case]
    judgement = judged(gov_page(title, text), GOV)
    assert judgement.verdict == "kept"
    assert ReasonCode.OFFICIAL_STRUCTURE in {reason.code for reason in judgement.reasons}


def test_the_chapters_of_a_law_are_no_novel() -> None:
    """Every law has chapters one to three."""
    chapters = [f"第{number}章 {name}" for number, name in (("一", "总则"), ("二", "工伤认定"), ("三", "法律责任"))]
    articles = [f"第{number}条 用人单位应当依照本条例的规定参加工伤保险。" for number in "一二三"]
    lines = [line for pair in zip(chapters, articles, strict=True) for line in pair]
    judgement = judged(gov_page("工伤保险条例", *lines), GOV)
    assert judgement.verdict == "kept"
    assert not any("literature" in reason.detail for reason in judgement.reasons)


def test_policy_wording_alone_makes_no_official_page() -> None:
    """A trade portal that reprints decrees is none of the government's pages."""
    text = "第一条 为规范招标投标活动，根据国务院条例制定本办法。第二条 本办法自发布之日起施行。各有关单位应当依法公示、公告。"
    assert (
        judged(plain_page("招标投标管理办法", text, text), "http://www.jianshe-portal.com/zc/1.html").verdict
        == "irrelevant"
    )


def test_official_marks_count_on_an_unofficial_host() -> None:
    """Public resource trading centres often have commercial host names: name and footer speak for them."""
    html = (
        "<title>竞价公告_苏州市公共资源交易中心</title><body><h1>竞价公告</h1><p>各供应商：市财政局委托我中心组织政府采购竞价，请按时报名。</p>"
        "<div class=footer>主办单位：苏州市公共资源交易中心 苏ICP备1号</div>"
    )
    assert judged(html, "http://www.szzyjy.com.cn/a/1.html").verdict == "kept"


OWNER = "<div>版权所有：清源县农业农村局检定所 备案序号：赣ICP备05000000号 广告推广：某某文化发展有限公司</div>"


def test_the_owner_named_at_the_foot_makes_a_nameless_host_somebodys() -> None:
    """Bodies on commercial host names: query pages with hardly a text but the line that says whose they are are kept."""
    menu = "<ul><li><a href='/a'>新闻动态</a></li><li><a href='/b'>登记数据</a></li><li><a href='/c'>田间试验审批</a></li></ul>"
    page = f"<title>数据查询</title><body>{menu}<p>查询登记审批结果</p><iframe src='/q'></iframe>{{}}</body>"
    assert judged(page.format(OWNER), "http://www.nongyao-info.org/cx.html").verdict == "kept"
    assert judged(page.format(""), "http://www.nongyao-info.org/cx.html").verdict == "irrelevant"


def test_an_event_hosted_by_an_office_makes_no_owner() -> None:
    """主办单位 in the text of a private page says whose event it was, not whose page it is."""
    text = "近日，由市体育局主办的篮球联赛落下帷幕，主办单位：市体育局。球员们在季后赛中打出精彩配合，球迷欢呼。"
    assert judged(plain_page("联赛落幕", text), "http://www.qiuba-blog.com/1.html").verdict != "kept"


def test_a_table_of_projects_is_not_judged_by_their_names() -> None:
    """The register of an office lists what firms call their projects: fitness, cosmetics, games."""
    names = ["智能健身器材", "家居养护", "水下机器人", "耐候钢", "光伏逆变器", "语音测评系统", "干细胞", "镜头镀膜"]
    rows = "".join(
        f"<tr><td>2014A0{n}</td><td>{name}研发</td><td>某某公司</td><td>已经通过验收</td></tr>"
        for n, name in enumerate(names)
    )
    html = f"<title>项目验收信息公示</title><body><table><tr><th>编号</th><th>名称</th><th>单位</th><th>结果</th></tr>{rows}</table></body>"
    assert judged(html, GOV).verdict == "kept"


def test_the_columns_of_a_trade_site_make_no_service() -> None:
    """政策法规 is a column of a firm's site too: on a host of nobody's a path says nothing by itself."""
    path = "<div>首页 &gt; 政策法规 &gt; 行业分类</div>"
    body = f"<title>柴油机的保养</title><body>{path}<p>柴油机应定期更换机油和滤芯，冬季要用低凝点的油品。</p></body>"
    reasons = judged(body, "http://www.jixie-zixun.com/1.html").reasons
    assert not any(reason.where == "column" for reason in reasons)
