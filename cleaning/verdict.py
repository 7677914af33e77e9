"""One verdict per page, with every reason that was weighed.

Order: harmful, ad, irrelevant, kept.  `duplicate` is a relation between pages and is settled elsewhere
(:mod:`cleaning.duplicates`), never here.
"""

from typing import Final

from cleaning import ads, harmful, matter, relevance
from cleaning.hosts import host_of, is_official
from cleaning.matter import Matter
from cleaning.normalise import normalise_each
from cleaning.page import Judgement, Media, PageType, Reading
from cleaning.reasons import Reason, ReasonCode, Verdict
from cleaning.scoring import Scored, score
from cleaning.soft404 import error_sign
from cleaning.terms import said_each

MAX_REASONS: Final = 12
MAX_TEXT: Final = 60_000  # characters of main text weighed
_EMPTY: Final = 8  # characters of visible text below which nothing is said


def judge(reading: Reading) -> Judgement:
    """The verdict on a page and its reasons, heaviest first.  Pure, deterministic, never raises."""
    if reading.media in {Media.ATTACHMENT, Media.DATA, Media.ASSET} and not reading.text:
        return Judgement(Verdict.KEPT, (_attached(reading),))
    own_title, site_title, for_engines, text = said_each(
        normalise_each(
            (
                reading.title[:400],
                reading.site_title[:600],
                f"{reading.meta.get('keywords', '')} {reading.meta.get('description', '')}"[:600],
                (reading.text or reading.visible)[:MAX_TEXT],
            )
        )
    )
    danger, is_harmful = harmful.weigh(reading, own_title, text)
    findings = [*harmful.hidden_links(reading), *harmful.led_away(reading)]
    if (words_put_in := harmful.injected_words(for_engines, text)) is not None:
        findings.append(words_put_in)
    if (injected := harmful.injected_title(site_title, text)) is not None:
        findings.append(injected)
    if is_harmful or findings:
        against = tuple(reason for reason in danger.reasons if is_harmful or reason.weight < 0)
        return _judgement(
            Verdict.HARMFUL, (*findings, *against), tuple(findings) or _tampering(reading, danger.reasons)
        )
    titles = own_title if site_title.text in own_title.text else own_title.beside(site_title, "ads")
    trade, is_ad = ads.weigh(reading, titles, text)
    words = score("relevance", own_title, text)
    content = matter.weigh(reading, own_title.text, text.text, danger, trade, words)
    if content.verdict is Verdict.HARMFUL:
        return _judgement(Verdict.HARMFUL, (*content.reasons, *danger.reasons))
    if is_ad and not content.clears_ad:
        return _judgement(Verdict.AD, trade.reasons)
    return _plain(reading, text.text, danger, words, content)


def _plain(reading: Reading, text: str, danger: Scored, words: Scored, content: Matter) -> Judgement:
    """The verdict on a page whose word lists found neither harm nor trade."""
    attached = reading.media is Media.ATTACHMENT
    if not attached and (absent := _absent(reading)) is not None:
        return _judgement(Verdict.IRRELEVANT, (absent,))
    if content.verdict is not None:
        return _judgement(content.verdict, content.reasons)
    if attached:  # no frame says whose it is; the page that links to it does
        return _judgement(Verdict.KEPT, (_attached(reading), *words.reasons))
    total, shares = relevance.weigh(reading, text, words, content.service)
    weighed = (*shares, *(reason for reason in danger.reasons if reason.code is ReasonCode.ABOUT_FIGHTING_IT))
    return _judgement(Verdict.KEPT if total >= 0 else Verdict.IRRELEVANT, weighed)


def _attached(reading: Reading) -> Reason:
    said = ": ".join(filter(None, (reading.attachment or reading.media.value, reading.note)))
    return Reason(ReasonCode.ATTACHMENT, said, "body", 1.0)


def _tampering(reading: Reading, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """A harmful page on an official host is something its owner should be told."""
    return reasons[:1] if is_official(host_of(reading.url)) else ()


def _absent(reading: Reading) -> Reason | None:
    """Why there is no page to speak of: a soft 404, or nothing to read."""
    if sign := error_sign(f"{reading.title}\n{reading.site_title}", reading.text, reading.visible):
        return Reason(ReasonCode.SOFT_404, sign, "text", 5.0)
    if reading.page_type is PageType.ERROR:
        return Reason(ReasonCode.SOFT_404, "page type error", "structure", 5.0)
    if reading.shell is None and len(reading.visible.strip()) < _EMPTY and not reading.links and not reading.forms:
        return Reason(ReasonCode.EMPTY_PAGE, f"{len(reading.visible.strip())} characters, no links", "body", 5.0)
    return None


def _judgement(verdict: Verdict, reasons: tuple[Reason, ...], findings: tuple[Reason, ...] = ()) -> Judgement:
    return Judgement(verdict, tuple(reasons[:MAX_REASONS]), findings)
