"""What a page's own words say it is, whoever's frame stands around them.

The frame says that an official body published the page, not that it is service.  Where there is text enough, the topic
model, the word lists and the signs of an official actor are added up, and a clear sum decides.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cleaning import actors, messages, topics
from cleaning.hosts import host_of, is_benign, is_official, is_public
from cleaning.page import PageType, Reading
from cleaning.reasons import Reason, ReasonCode, Verdict
from cleaning.scoring import Scored
from cleaning.sieves import each
from cleaning.terms import rule_table

# What these show is built of links and fields: their structure says what they are.
_BUILT: Final = frozenset(
    {PageType.HOME, PageType.LIST, PageType.FORM, PageType.SEARCH, PageType.LOGIN, PageType.INTERACTION}
)
_CODES: Final = {
    "pastime": ReasonCode.NOT_SERVICE,
    "marketing": ReasonCode.MARKETING,
    "fraud": ReasonCode.FRAUD,
}
_MESSAGES: Final = {
    "ad": (Verdict.AD, ReasonCode.MARKETING),
    "harmful": (Verdict.HARMFUL, ReasonCode.FRAUD),
}
_SEVEN_MORE: Final = r"[- ]?\d{3}[- ]?\d{4}"
_SOME_DIGITS: Final = r"\D{0,6}\d{3,}"
_OUR_GROUP: Final = r"\w{0,6}(?:微信|扣扣|二维码|群)"
_COMING: Final = r"\w{0,8}(?:来电|来人|光临|选购|品鉴|洽谈|垂询|咨询|订购|加盟|惠顾)"
_ACTING: Final = "(?:拨打|咨询|报名|抢|下单|订购|购买|预约|注册|加)"
_CONTACTS: Final = {
    "hotline": re.compile(f"{each('400|800', _SEVEN_MORE)}|{each('热线|专线|客服', _SOME_DIGITS)}"),
    "mobile": re.compile(r"1(?<!\d1)[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|手机微信|微信同(?:号|步)"),
    "messenger": re.compile(f"{each('加|搜|扫', _OUR_GROUP)}|微信(?:号|:)|扣扣(?:号|群|:)?\\s*\\d{{5}}|扫码|私信"),
    "call": re.compile(f"{each('欢迎|敬请|恭候|诚邀|期待', _COMING)}|{each('立即|马上|赶紧|抓紧|点击', _ACTING)}"),
}


@dataclass(frozen=True, slots=True)
class Matter:
    """The decision of the content alone, None where it does not decide, and its reasons, heaviest first.

    `service` is what it adds, 0 or more, where the page goes on to be weighed with its frame; `clears_ad` says that a
    few commercial words, in a message or beside an official actor, are outvoted by all the others.
    """

    verdict: Verdict | None
    reasons: tuple[Reason, ...]
    service: float = 0.0
    clears_ad: bool = False


def weigh(reading: Reading, title: str, text: str, danger: Scored, trade: Scored, words: Scored) -> Matter:
    """Weigh normalised title and main text; `danger`, `trade`, `words` are what the lists of words found in them."""
    if is_message(reading, len(text)):
        return _message(title, text, trade)
    found = None if reading.page_type in _BUILT else topics.weigh(f"{title} {text}")
    if found is None:
        return Matter(None, ())
    table = rule_table("matter")
    signs = actors.signs(title, text)
    warned = -float(table["warning"]) * danger.of(ReasonCode.ABOUT_FIGHTING_IT)
    spoken = float(table["service_words"]) * sum(reason.weight for reason in words.reasons if reason.weight > 0)
    official_side = (
        min(float(table["actors_limit"]), float(table["actor"]) * len(signs))
        + min(float(table["service_limit"]), spoken)
        + min(float(table["warning_limit"]), warned)
    )
    plain = found.odds["marketing"] - official_side
    near = plain >= -float(table["words_limit"]) - float(table["contact"]) * len(_CONTACTS)  # else nothing can tip it
    selling = (*_contacts(title, text, float(table["contact"])), *_offers(trade, table)) if near else ()
    sums = {
        "pastime": found.odds["pastime"] - official_side + _off_topic(words, table),
        "marketing": plain + sum(reason.weight for reason in selling),
        "fraud": found.odds["fraud"] - official_side,
    }
    if len(text) >= int(table["long_enough"]) and len(found.rows) >= int(table["known_enough"]):
        verdict, name = _decided(reading, sums)
    else:
        verdict, name = None, ""
    if verdict is None:
        clears = bool(signs) and is_official(host_of(reading.url)) and plain <= float(table["clears_ad"])
        return Matter(None, (), _service(reading, max(sums["pastime"], sums["marketing"]), signs), clears)
    reasons = (
        Reason(_CODES[name], f"topic {name}: {found.detail(name)}", "text", round(sums[name], 3)),
        *(selling if name == "marketing" else ()),
        *(Reason(ReasonCode.SERVICE_CONTENT, f"actor: {sign}", "text", -float(table["actor"])) for sign in signs[:3]),
    )
    return Matter(verdict, tuple(sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.detail))))


def is_message(reading: Reading, length: int) -> bool:
    """A short text without frame, links and a host that anybody knows: nothing but its words can speak for it."""
    if reading.page_type in _BUILT or reading.chrome or reading.links or length > int(rule_table("matter")["message"]):
        return False
    host = host_of(reading.url)
    return not (is_public(host) or is_benign(host))


def _message(title: str, text: str, trade: Scored) -> Matter:
    """A short text of nobody's: harmful, an ad, or left to the word lists, which a clear model outvotes."""
    table = rule_table("matter")
    found = messages.weigh(text if title in text else f"{title} {text}")
    if found is None:
        return Matter(None, ())
    spam = math.log(sum(map(math.exp, found.odds.values())))
    if spam < float(table["elsewhere"]):
        return Matter(None, (), clears_ad=spam <= float(table["clears_message"]))
    name = max(messages.CLASSES, key=found.odds.__getitem__)
    verdict, code = _MESSAGES[name]
    if verdict is Verdict.AD:  # the lists know its kind: a job, a classified advertisement
        code = next((reason.code for reason in trade.reasons if reason.weight >= 1.0), code)
    return Matter(verdict, (Reason(code, f"message {name}: {found.detail(name)}", "text", round(spam, 3)),))


def _decided(reading: Reading, sums: dict[str, float]) -> tuple[Verdict | None, str]:
    """The verdict the sums are enough for, and the topic it rests on."""
    table = rule_table("matter")
    name = "marketing" if sums["marketing"] >= sums["pastime"] else "pastime"
    needed = float(table["threshold"]) + (float(table["table"]) if reading.page_type is PageType.TABLE else 0.0)
    if sums[name] < needed:
        return None, ""
    return (Verdict.AD if name == "marketing" else Verdict.IRRELEVANT), name


def _service(reading: Reading, most: float, signs: tuple[str, ...]) -> float:
    """What content that speaks for service adds to the frame's score, on official hosts."""
    table = rule_table("matter")
    if not is_official(host_of(reading.url)) or most >= 0.0:
        return 0.0
    return round(min(float(table["service_most"]), float(table["actor"]) * len(signs), -most), 3)


def _off_topic(words: Scored, table: dict[str, object]) -> float:
    """What the off-topic words of relevance.toml add."""
    total = -sum(reason.weight for reason in words.reasons if reason.weight < 0)
    return min(float(str(table["words_limit"])), float(str(table["off_topic_words"])) * total)


def _offers(trade: Scored, table: dict[str, object]) -> Iterator[Reason]:
    """What the commercial words of ads.toml add, as one reason."""
    total = sum(reason.weight for reason in trade.reasons)
    share = min(float(str(table["words_limit"])), float(str(table["trade_words"])) * total)
    if share > 0:
        best = max(trade.reasons, key=lambda reason: reason.weight)
        yield Reason(best.code, best.detail, best.where, round(share, 3))


def _contacts(title: str, text: str, weight: float) -> Iterator[Reason]:
    """The private firm's ways to be reached, and its calls to act."""
    scanned = f"{title} {text[: actors.MAX_SCAN]}"
    for name, pattern in _CONTACTS.items():
        if match := pattern.search(scanned):
            yield Reason(ReasonCode.MARKETING, f"{name}: {match.group(0)[:30]}", "text", weight)
