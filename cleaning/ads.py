"""Commercial pages: marketing, classified listings, recruitment by firms."""

import re
from typing import Final

from cleaning.hosts import host_of, is_benign, is_public
from cleaning.page import Reading
from cleaning.reasons import Reason, ReasonCode
from cleaning.scoring import Scored, score
from cleaning.sieves import Sieve
from cleaning.terms import Said, rule_table

FIRM_FOOT: Final = Sieve(
    re.compile(
        r"(?:版权所有|版权|copyright|©)[^\n]{0,60}?(?:有限公司|有限责任公司|集团|工作室|科技公司)|经营许可证|增值电信业务",
        re.IGNORECASE,
    ),
    ("公司", "集团", "工作室", "经营许可证", "增值电信业务"),
)
_FIRM_CALL: Final = Sieve(
    re.compile(
        r"(?:咨询|服务|加盟|订购|预订|预定|订房|招商|报名|客服|业务)(?:热线|专线)|免费咨询|在线客服|立即咨询|400[- ]?\d{3}[- ]?\d{4}"
    ),
    ("热线", "专线", "免费咨询", "在线客服", "立即咨询", "400"),
)
_EDGE: Final = 4_000  # characters at either end of the frame's text


def weigh(reading: Reading, title: Said, text: Said) -> tuple[Scored, bool]:
    """Commercial wording over the page's normalised title and main text, and whether it makes the page an ad."""
    host = host_of(reading.url)
    trusted = is_public(host) or is_benign(host)
    found = score("ads", title, text, trusted=trusted)
    table = rule_table("ads")
    if trusted:
        return found, found.total + float(table["official_prior"]) >= float(table["threshold"])
    shares = [
        Reason(ReasonCode.MARKETING, f"{name}: {match.group(0)[:60]}", "structure", float(table[name]))
        for name, pattern in (("firm_foot", FIRM_FOOT), ("firm_call", _FIRM_CALL))
        if (match := _in_frame(pattern, reading.chrome))
    ]
    reasons = sorted((*found.reasons, *shares), key=lambda reason: (-abs(reason.weight), reason.detail))
    total = found.total + sum(share.weight for share in shares)
    # The frame alone makes no ad: a firm's page without commercial wording is merely irrelevant.
    return Scored(total, tuple(reasons)), total >= float(table["threshold"]) and found.total >= 0.5 * float(
        table["threshold"]
    )


def _in_frame(pattern: Sieve, chrome: str) -> re.Match[str] | None:
    """The first match at the end of the frame's text, else at its beginning."""
    found = pattern.search(chrome[-_EDGE:])
    return pattern.search(chrome[:_EDGE]) if found is None and len(chrome) > _EDGE else found
