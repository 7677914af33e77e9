"""Gambling, pornography and fraud: the trade itself, told from pages about fighting it."""

import re
from typing import Final

from cleaning.hosts import host_of, is_official
from cleaning.page import IN_VIEW, Reading
from cleaning.reasons import Reason, ReasonCode
from cleaning.scoring import Scored, score
from cleaning.terms import Said, rule_table, said

_OFFERS: Final = frozenset({"gambling-offer", "pornography-offer", "fraud-offer"})
_PARTS: Final = re.compile(r"[-_|,，、\s]+")
_EASY_MONEY: Final = "easy-money"
_CODES: Final = (ReasonCode.GAMBLING, ReasonCode.PORNOGRAPHY, ReasonCode.FRAUD)
# A spam title over an unrelated body: so much wording in the title, and next to none of it in the text.
TITLE_SPAM: Final = 4.5
BODY_SILENT: Final = 1.0
_SILENCE: Final = Said("")


def weigh(reading: Reading, title: Said, text: Said) -> tuple[Scored, bool]:
    """Harmful wording over the page's normalised title and main text, and whether it makes the page harmful."""
    official = is_official(host_of(reading.url))
    found = score("harmful", title, text, trusted=official)
    table = rule_table("harmful")
    total = found.total + (float(table["official_prior"]) if official else 0.0)
    offered = not official or any(reason.detail.split(":", 1)[0] in _OFFERS for reason in found.reasons)
    return found, offered and total >= float(table["threshold"])


def injected_title(site_title: Said, text: Said) -> Reason | None:
    """A title that advertises what the page's own text never mentions (both normalised)."""
    in_title = score("harmful", site_title, _SILENCE)
    money = score("ads", site_title, _SILENCE).share_of(_EASY_MONEY)
    spam = in_title.of(*_CODES) + money
    if spam < TITLE_SPAM or in_title.of(ReasonCode.ABOUT_FIGHTING_IT) < 0:
        return None
    own = text.text
    for part in _PARTS.split(site_title.text):
        if len(part) >= 4:
            own = own.replace(part, " ")  # a template prints the title again: that is not the page's own text
    body = said(own)
    if score("harmful", _SILENCE, body).of(*_CODES) + score("ads", _SILENCE, body).share_of(_EASY_MONEY) > BODY_SILENT:
        return None
    return Reason(ReasonCode.INJECTED_TITLE, site_title.text[:80], "title", round(spam, 3))


def injected_words(meta: Said, text: Said) -> Reason | None:
    """Key words and a description for search engines that advertise what the page's own text never mentions."""
    spam = score("harmful", meta, _SILENCE)
    if spam.of(*_CODES) < TITLE_SPAM or spam.of(ReasonCode.ABOUT_FIGHTING_IT) < 0:
        return None
    if score("harmful", _SILENCE, text).of(*_CODES) > BODY_SILENT:
        return None
    return Reason(ReasonCode.INJECTED_TITLE, meta.text[:80], "meta", round(spam.of(*_CODES), 3))


def led_away(reading: Reading) -> tuple[Reason, ...]:
    """One reason per way in which the page leads its visitors to a foreign site behind their backs."""
    return tuple(
        Reason(ReasonCode.FOREIGN_REDIRECT, f"{lure.how}: {lure.url[:120]}", "script", 5.0) for lure in reading.lures
    )


def hidden_links(reading: Reading) -> tuple[Reason, ...]:
    """One reason per hidden block of foreign links, and per block of spam that stands in view: its owner finds it where it says."""
    return tuple(
        Reason(
            ReasonCode.HIDDEN_LINKS,
            f"{block.how}: {len(block.links)} links, e.g. {block.links[0] if block.links else ''} {block.text[:60]}".strip(),
            "links" if block.how == IN_VIEW else "hidden",
            5.0,
        )
        for block in reading.hidden
    )
