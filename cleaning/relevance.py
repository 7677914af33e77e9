"""Is it government-service content?  A linear score over host, structure and words; every share is a reason."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from cleaning.ads import FIRM_FOOT
from cleaning.hosts import host_of, is_benign, is_official, is_public
from cleaning.page import PageType, Reading
from cleaning.reasons import Reason, ReasonCode
from cleaning.scoring import Scored
from cleaning.sieves import Sieve
from cleaning.terms import rule_table

# A text this long on an official host says what body or service it is about.
SILENT_FROM: Final = 150
_SPEAKS: Final = 0.6  # more than a single weak word
_STANDARD_META: Final = (
    "sitename",
    "sitedomain",
    "siteidcode",
    "columnname",
    "columntype",
    "articletitle",
    "pubdate",
    "contentsource",
)
_OFFICIAL_MARKS: Final = frozenset({"official_host", "site_code", "government_foot", "government_name"})
# What the page itself shows, whatever host it was put on: only beside these does the topic speak for service.
_FRAME_MARKS: Final = frozenset({"standard_meta", "site_code", "government_foot", "government_name"})
_SITE_CODE: Final = Sieve(re.compile(r"网站标识码\s*[：:]?\s*[a-z]{0,4}\d{8,10}", re.IGNORECASE), ("网站标识码",))
_BODY_NAME: Final = r"人民政府|管理局|监督局|委员会|办公厅|办公室|政务服务|政府|[省市县区]\w{0,12}局|[厅局委]\b|法院|检察院|公共资源交易中心|管理中心|政务网|体育局|检定所|信息中心"
_GOVERNMENT_FOOT: Final = Sieve(
    re.compile(rf"(?:主办|承办|版权所有|版权|主管|Copyright)[^\n]{{0,30}}?(?:{_BODY_NAME})", re.IGNORECASE),
    ("主办", "承办", "版权", "主管", "y", "Y"),
)
# In the text only the line that claims the page: 主办 stands in news about events.
_OWNER_LINE: Final = Sieve(
    re.compile(rf"(?:版权所有|版权归|Copyright)[^\n]{{0,30}}?(?:{_BODY_NAME})", re.IGNORECASE),
    ("版权", "y", "Y"),
)
_FOOT_IN_TEXT: Final = 400  # characters at the end of the main text where a foot without a frame's name stands
_GOVERNMENT_NAME: Final = re.compile(
    rf"人民政府|公共资源(?:交易|公共服务)|政务服务网|(?:{_BODY_NAME})(?:网站?|门户网站?|官方?网站?|官网|政府网站?|政务网|信息网)?$",
)
_TITLE_PARTS: Final = re.compile(r"\s*[_|｜–—-]+\s*|\s{2,}|(?<=\S)\s+(?=\S*(?:网站?|政府|局|厅|委员会)$)")
_COLUMN_OF_NOBODY: Final = frozenset({"other_host", "service_column"})
_COLUMN: Final = re.compile(
    r"公开|政务|政策|法规|文件|规划|公告|公示|通知|服务|办事|指南|互动|信箱|咨询|征集|访谈|动态|要闻|机构|领导|职能|工作|统计|财政|招标|采购|交易|人事|招考|解读|公报|下载|行政|审批|许可|专题|党建",
)
_COMMERCIAL_NAME: Final = re.compile(
    r"有限公司|官方商城|旗舰店|招商网|加盟网|酒店|公交查询|基金管理|_手机网|财经|娱乐频道|体育频道|体育_|娱乐_|游戏网|博客|贴吧|论坛"
)


def weigh(reading: Reading, text: str, words: Scored, content: float) -> tuple[float, tuple[Reason, ...]]:
    """The page's score over the threshold of rules/relevance.toml, and its shares, heaviest first.

    `words` is what that list found in the normalised title and `text`, `content` what the topic speaks for service.
    """
    weights = rule_table("relevance")["structure"]
    marks = _structure(reading)
    shares = list(_told_by(reading, words))
    if content > 0 and any(name in _FRAME_MARKS for name, _, _ in marks):
        shares.append(Reason(ReasonCode.SERVICE_CONTENT, "topic: nearest to what governments write", "text", content))
    only_foot = len(text) <= _FOOT_IN_TEXT and any(
        name == "government_foot" and where == "text" for name, _, where in marks
    )
    if len(text) >= SILENT_FROM and not only_foot and not any(share.weight >= _SPEAKS for share in shares):
        marks.append(("silent_text", f"{len(text)} characters", "text"))
    for_it = sum(share.weight for share in shares if share.weight > 0)
    limit = float(weights["words_alone"])
    if for_it > limit and not any(name in _OFFICIAL_MARKS for name, _, _ in marks):
        shares.append(
            Reason(ReasonCode.NOT_SERVICE, "words_alone: nothing official but the wording", "structure", limit - for_it)
        )
    official = sum(float(weights[name]) for name, _, _ in marks if float(weights[name]) > 0)
    if official > (most := float(weights["structure_limit"])):
        shares.append(
            Reason(ReasonCode.NOT_SERVICE, "structure_limit: marks of one kind", "structure", round(most - official, 3))
        )
    shares.extend(
        Reason(
            ReasonCode.OFFICIAL_STRUCTURE if float(weights[name]) > 0 else ReasonCode.NOT_SERVICE,
            f"{name}: {detail}",
            where,
            float(weights[name]),
        )
        for name, detail, where in marks
    )
    total = sum(share.weight for share in shares) - float(rule_table("relevance")["threshold"])
    shares.sort(key=lambda reason: (-abs(reason.weight), reason.detail))
    return total, tuple(shares)


def _told_by(reading: Reading, words: Scored) -> Iterator[Reason]:
    """The shares of the words.  In an official table the off-topic ones weigh less: cells name other people's projects."""
    official_table = reading.page_type is PageType.TABLE and is_official(host_of(reading.url))
    share = float(rule_table("relevance")["structure"]["table_off_topic"]) if official_table else 1.0
    for reason in words.reasons:
        yield replace(reason, weight=round(share * reason.weight, 3)) if reason.weight < 0 else reason


def _structure(reading: Reading) -> list[tuple[str, str, str]]:
    """The structural marks the page shows: rule name, what was found, where."""
    frame = list(_frame_marks(reading))
    owned = any(name == "government_foot" for name, _, _ in frame)  # then the host is not nobody's
    hosts = [mark for mark in _host_marks(reading) if not (owned and mark[0] == "other_host")]
    names = list(_names(reading))
    if not reading.meta.get("columnname") and {name for name, _, _ in (*hosts, *names)} >= _COLUMN_OF_NOBODY:
        names = [mark for mark in names if mark[0] != "service_column"]  # trade sites have 政策法规 too
    return [("bias", "every page starts here", "structure"), *hosts, *frame, *names]


def _host_marks(reading: Reading) -> Iterator[tuple[str, str, str]]:
    host = host_of(reading.url)
    if is_official(host):
        yield "official_host", host, "url"
        if reading.page_type is PageType.HOME:
            yield "official_home", host, "structure"
    elif is_public(host):
        yield "public_host", host, "url"
    elif host:
        yield ("news_host" if is_benign(host) else "other_host"), host, "url"


def _frame_marks(reading: Reading) -> Iterator[tuple[str, str, str]]:
    standard = [name for name in _STANDARD_META if reading.meta.get(name)]
    if len(standard) >= 2:
        yield "standard_meta", " ".join(standard), "meta"
    foot = reading.chrome[-4000:]
    if reading.meta.get("siteidcode") or _SITE_CODE.search(foot):
        yield "site_code", "网站标识码", "structure"
    if found := _GOVERNMENT_FOOT.search(foot):
        yield "government_foot", found.group(0)[:60], "structure"
    elif found := _OWNER_LINE.search(reading.text[-_FOOT_IN_TEXT:]):
        yield "government_foot", found.group(0)[:60], "text"
    elif found := FIRM_FOOT.search(foot):
        yield "commercial_foot", found.group(0)[:60], "structure"


def _names(reading: Reading) -> Iterator[tuple[str, str, str]]:
    name = f"{reading.site_title} {reading.meta.get('sitename', '')}"
    if found := _COMMERCIAL_NAME.search(name):
        yield "commercial_name", found.group(0), "title"
    elif government := _government_name(reading):
        yield "government_name", government, "title"
    if found := _COLUMN.search(" ".join((*reading.column_path, reading.meta.get("columnname", "")))):
        yield "service_column", found.group(0), "column"


def _government_name(reading: Reading) -> str:
    """The government body the page's site is named after: at either end of the head title, or in the meta tag."""
    parts = [part for part in _TITLE_PARTS.split(reading.site_title) if part]
    for part in (reading.meta.get("sitename", ""), *parts[-1:], *parts[:1]):
        if len(part) <= 40 and _GOVERNMENT_NAME.search(part):
            return part
    return ""
