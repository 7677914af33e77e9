"""Reasons of a judgement in words a layman follows: what was found, and what its weight speaks for."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from cleaning.reasons import Reason, ReasonCode, Verdict
from console.cli import words

# By the name a reason's detail begins with: marks of rules/relevance.toml, groups of the word lists, parts of matter.py.
NAMES: Final[Mapping[str, str]] = {
    "bias": "起点分：什么都没看到时先算不是",
    "structure_limit": "官方标志说的是同一件事，合计封顶，多出的扣回",
    "official_host": "政府机关的域名",
    "public_host": "学校、科研等公共机构的域名",
    "silent_text": "正文不短，却没有一个政务用词",
    "official_home": "政府网站的首页",
    "standard_meta": "网页里有政府网站的标准标签",
    "site_code": "有网站标识码",
    "government_foot": "页脚写明是机关所办",
    "government_name": "网站名是机关",
    "service_column": "栏目名属于政务",
    "commercial_foot": "页脚写明是公司所办",
    "other_host": "不认识的域名，也没写明是哪个机关的",
    "words_alone": "除了用词没有官方标志，用词的分封顶",
    "news_host": "新闻、门户网站的域名",
    "commercial_name": "网站名是商业机构",
    "service": "办事用词",
    "disclosure": "信息公开用词",
    "interaction": "政民互动用词",
    "policy": "政策文件用词",
    "government-work": "机关工作用词",
    "entertainment": "娱乐用词",
    "sport": "体育赛事用词",
    "games": "游戏用词",
    "cooking": "菜谱用词",
    "literature": "小说、美文用词",
    "lifestyle": "时尚、消费用词",
    "business": "企业宣传用词",
    "firms": "公司名",
    "gambling-offer": "招揽赌博的用词",
    "gambling-topic": "说到赌博",
    "pornography-offer": "招揽色情的用词",
    "pornography-topic": "说到色情",
    "fraud-offer": "招揽诈骗、违禁交易的用词",
    "fraud-words": "诈骗常用的话",
    "fraud-topic": "说到诈骗、违禁品",
    "contact": "留联系方式招揽",
    "about-fighting": "打击、警示的用词",
    "state-lottery": "国家彩票的用词",
    "easy-money": "轻松赚钱的用词",
    "own-offer": "推销自家产品的用词",
    "marketing": "推销用词",
    "expo": "招展、招商的用词",
    "trade-words": "买卖用词",
    "listing": "分类广告用词",
    "recruitment": "企业招聘用词",
    "official-work": "机关工作用词",
    "firm_foot": "页脚写明是公司所办",
    "firm_call": "公司的咨询、订购方式",
    "hotline": "热线电话",
    "mobile": "手机号",
    "messenger": "微信、扣扣",
    "call": "招呼人来买、来订",
    "actor": "有机关在办事的迹象",
    "topic": "内容最接近政府自己写的",
    "topic pastime": "内容像消遣，最像的字词",
    "topic marketing": "内容像推销，最像的字词",
    "topic fraud": "内容像诈骗，最像的字词",
    "message ad": "像推销短信，最像的字词（@ 网址，☎ 电话，№ 账号，# 数字）",
    "message harmful": "像诈骗、违禁短信，最像的字词（@ 网址，☎ 电话，№ 账号，# 数字）",
    "display-none": "用样式藏起",
    "off-screen": "放到屏幕之外",
    "zero-size": "大小为零",
    "same-colour": "与底色同色",
    "document-write": "用脚本写出再藏起",
    "marquee": "藏在滚动条里",
    "noscript": "藏在只给不运行脚本的访客看的地方",
    "in-view": "页面里指向外站的违法推广链接",
    "cloaked-redirect": "只把从搜索引擎来的人或搜索引擎本身引到外站",
    "coded-redirect": "用编码藏起地址，把人引到外站",
    "redirect": "有正文的页面一打开就把人引到外站",
    "coded-script": "用编码藏起，放进外站的脚本",
    "hidden-frame": "藏着看不见的外站页面",
}
# What follows such a name only repeats it in English, for the records.
_ALONE: Final = frozenset({"bias", "structure_limit", "words_alone", "topic", "site_code"})
_LINKS: Final = re.compile(r"^(\d+) links, e\.g\. ")
_COUNT: Final = re.compile(r"^(\d+) characters(?:, no links)?$")
_NEAR: Final = re.compile(r"^(\S+) \(distance (\d+)\)$")
_PROBED: Final = re.compile(r"^as (\S+), which does not exist$")
_SIGNS: Final[Mapping[str, str]] = {
    "body acts": "机关做了某事",
    "office holder": "提到任职的人",
    "document number": "文号",
    "statute": "依据法规",
    "addressed": "发给下属单位或市民",
    "notice": "公告用语",
    "title of a notice": "标题是公文",
    "formality": "办事手续",
    "supervision": "监督、举报电话",
    "place and its past": "地方和它的历史",
    "reader asks": "群众来信",
}
_FOR: Final[Mapping[Verdict, str]] = {
    Verdict.HARMFUL: "有害",
    Verdict.AD: "广告",
    Verdict.IRRELEVANT: "无关",
    Verdict.KEPT: "保留",
}


def row(code: str, where: str, detail: str) -> tuple[str, str, str]:
    """A reason as a line of a table: what it is, where it stands, what was found.  Fresh or read from a record."""
    return words.with_code(words.REASONS, code), words.PLACES.get(where, where), told(code, detail)


def told(code: str, detail: str) -> str:
    """What was found, in Chinese; the words themselves as they stand in the page."""
    name, colon, rest = detail.partition(": ")
    if (whole := _whole(code, detail)) is not None:
        return whole
    if not colon or name not in NAMES:
        return detail
    if name in _ALONE:
        return NAMES[name]
    sign, _, quoted = rest.partition(": ")
    if name == "actor" and sign in _SIGNS:
        rest = f"{_SIGNS[sign]}，“{quoted}”"
    if count := _COUNT.match(rest):
        rest = f"{count[1]} 字"
    return f"{NAMES[name]}：{_LINKS.sub(lambda found: f'{found[1]} 个链接，例如 ', rest)}"


def _whole(code: str, detail: str) -> str | None:
    """The wording of a detail that begins with no name; None where there is none."""
    if code == ReasonCode.EMPTY_PAGE and (count := _COUNT.match(detail)):
        return f"看得见的字只有 {count[1]} 个，没有链接"
    if code == ReasonCode.NEAR_COPY and (near := _NEAR.match(detail)):
        return f"{near[1]}（指纹差 {near[2]} 位）"
    if code == ReasonCode.SOFT_404 and (probed := _PROBED.match(detail)):
        return f"和并不存在的 {probed[1]} 回答得一样"
    kind, _, note = detail.partition(": ")
    if code == ReasonCode.ATTACHMENT and note in words.NOTES:
        return f"{kind}：{words.NOTES[note]}"
    return "整页是出错页的样子" if detail == "page type error" else None


def weighing(verdict: Verdict, reasons: Sequence[Reason]) -> str:
    """One sentence on how to read the weights: a page that was weighed with its frame is kept from 0 on."""
    if any(reason.detail.startswith("bias:") for reason in reasons):
        return "分量怎么看：正数说是政务服务，负数说不是；加起来不到 0 就判为无关。列出最重的几条。"
    return f"分量怎么看：数越大，越说明该判“{_FOR.get(verdict, '重复')}”；负数是反面的迹象。列出最重的几条。"
