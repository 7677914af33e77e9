"""Articles, sentence by sentence: a small grammar over the words of a topic."""

import random
from typing import Final

from rehearsal.texts.names import DISTRICTS, OFFICES, SURNAMES
from rehearsal.texts.topics import Topic

TITLES: Final = (
    "{place}{act},{thing}有了新变化", "关于做好{year}年{thing}工作的通知", "{city}市{act} {result}", "{thing}:{result}",
    "市领导到{place}调研{thing}工作", "{city}市{year}年{thing}实施方案", "关于{thing}有关事项的公告", "{dept}{act}",
    "图解:{thing}有哪些新规定", "{place}{thing}现场推进会召开", "《{city}市{thing}管理办法》政策解读",
    "{dept}关于{thing}专项检查情况的通报", "{year}年第{n}批{thing}名单公示", "{people}关心的{thing},这样办",
    "{thing}{n}问", "{city}市{thing}工作{year}年总结", "{place}探索{thing}“{n}步走”做法",
)  # fmt: skip

SENTENCES: Final = (
    "{date},{dept}在{place}{act},{people}{n}人参加。",
    "记者从{dept}获悉,今年以来全市围绕{thing}已投入资金{money}万元,惠及{people}{big}人次。",
    "“过去办{thing}要跑{few}个地方,现在一次就够了。”{place}的{people}{sur}某说。",
    "据{office}负责人介绍,{thing}工作分{few}个阶段推进,目前已完成{pct}%。",
    "为解决{people}反映的突出问题,{dept}{act},并将{thing}纳入年度重点任务。",
    "通知要求,各县(市、区)要把{thing}摆上重要位置,明确专人负责,于{date}前报送进展。",
    "{result},这是{place}{act}之后带来的变化。",
    "截至{date},全市共受理{thing}申请{big}件,办结{big}件,办结率{pct}%。",
    "下一步,{dept}将继续{act},力争年底前{result}。",
    "{people}可以拨打{phone}咨询{thing}的具体条件,也可以到{place}便民服务中心{n}号窗口当面了解。",
    "{place}从{few}月起{act},先在{n}个点位试行,再逐步推开。",
    "会议强调,{thing}关系群众切身利益,要坚持问题导向,{act},防止走过场。",
    "经现场核查,{place}有{few}处{thing}存在不到位的情形,已下达整改通知书{few}份。",
    "按照市政府第{n}次常务会议部署,{thing}实行清单管理,由{office}按月调度。",
    "“我们先听{people}怎么说,再定怎么改。”{office}工作人员{sur}某告诉来访者。",
    "与去年同期相比,{thing}相关诉求减少{pct}件,{result}。",
    "文件自{date}起施行,有效期{few}年;此前有关{thing}的规定与本文件不一致的,以本文件为准。",
    "{place}组织{n}名网格员逐户走访,登记{people}的需求{big}条,其中{pct}%与{thing}有关。",
    "针对{thing},专班梳理出{n}条措施:一是{act};二是{act2};三是加强督促检查。",
    "在{place},{people}正在了解{thing}的办理流程,工作人员当场演示了手机上的操作步骤。",
    "{dept}提醒,办理{thing}不收取任何费用,谨防以代办名义骗取钱财。",
    "公示期为{date}起{few}个工作日,如有异议请以书面形式向{office}反映,联系电话{phone}。",
    "{act2},是{place}推进{thing}的又一项举措。",
    "资金方面,市级财政安排{money}万元,{place}配套{money2}万元,专项用于{thing}。",
    "调研组先后察看了{place}和{place2},详细询问{thing}的进展,并与{people}座谈。",
    "去年{few}月,{place}因{thing}收到{n}封来信,经{act},多数问题已得到答复。",
    "{thing}的办理地点设在{place2},周一至周五上午九时至十二时、下午一时至五时对外服务。",
    "本办法所称{thing},是指由{dept}依法组织实施、面向{people}的服务活动。",
    "{office}对{n}家单位开展回访,{pct}%的{people}表示满意,{few}家被要求补充材料。",
    "{place2}的做法是{act2},成本不高,{people}容易接受。",
    "专家建议,{thing}还应当考虑{people}的实际困难,把{place}的经验写进操作规程。",
    "{date},第{n}期培训班在{place2}开班,{big}名{people}学习了{thing}的最新要求。",
)  # fmt: skip


def _slots(dice: random.Random, city: str, dept: str, topic: Topic) -> dict[str, str]:
    place, place2 = dice.sample(DISTRICTS, 2)
    act, act2 = dice.sample(topic.acts, 2)
    return {
        "city": city,
        "dept": dept,
        "place": place,
        "place2": place2,
        "act": act,
        "act2": act2,
        "thing": dice.choice(topic.things),
        "result": dice.choice(topic.results),
        "people": dice.choice(topic.people),
        "office": dice.choice(OFFICES),
        "sur": dice.choice(SURNAMES),
        "year": str(dice.randint(2023, 2026)),
        "date": f"{dice.randint(1, 12)}月{dice.randint(1, 28)}日",
        "n": str(dice.randint(2, 48)),
        "few": str(dice.randint(2, 9)),
        "big": str(dice.randint(103, 9876)),
        "pct": f"{dice.randint(31, 99)}.{dice.randint(1, 9)}",
        "money": str(dice.randint(60, 9800)),
        "money2": str(dice.randint(20, 990)),
        "phone": f"0{dice.randint(311, 998)}-{dice.randint(2000000, 8999999)}",
    }


def title(dice: random.Random, city: str, dept: str, topic: Topic) -> str:
    """A headline."""
    return dice.choice(TITLES).format(**_slots(dice, city, dept, topic))


def sentences(dice: random.Random, city: str, dept: str, topic: Topic, count: int) -> list[str]:
    """Sentences in which no pattern comes twice (up to the number of patterns)."""
    chosen = dice.sample(SENTENCES, min(count, len(SENTENCES)))
    return [pattern.format(**_slots(dice, city, dept, topic)) for pattern in chosen]


def paragraphs(lines: list[str], dice: random.Random) -> list[str]:
    """The sentences, gathered in paragraphs of two to four."""
    out: list[str] = []
    rest = list(lines)
    while rest:
        take = dice.randint(2, 4)
        out.append("".join(rest[:take]))
        rest = rest[take:]
    return out
