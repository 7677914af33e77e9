"""Traps told by a URL's shape alone: a pure function, no volume, no history.

Shapes follow Heritrix's PathologicalPathDecideRule and TooManyPathSegmentsDecideRule, Nutch's repeated-segment filter
and the complaints collected about calendars and second host names; the numbers are looser than theirs wherever a real
government site was seen to go that far.
"""

import re
from collections import Counter
from enum import StrEnum
from typing import Final

from cleaning.session_marks import AMBIGUOUS, SESSION_NAMES, is_minted


class TrapRule(StrEnum):
    """Which shape cut a URL."""

    LONG_URL = "long-url"
    DEEP_PATH = "deep-path"
    REPEATED_SEGMENT = "repeated-segment"
    REPEATED_CYCLE = "repeated-cycle"
    HOST_IN_PATH = "host-in-path"
    CALENDAR = "calendar"
    MINTED_TOKENS = "minted-tokens"


MAX_URL: Final = 2_000  # characters; Internet Explorer's 2,083 kept sites below it
MAX_SEGMENTS: Final = 20  # Heritrix: TooManyPathSegmentsDecideRule
MAX_SAME: Final = 2  # a segment may stand twice (/zwgk/a/zwgk/), as in Heritrix
MAX_SAME_NUMBER: Final = 4  # /2011/11/11/11/… is a date and a counter
MAX_CYCLE: Final = 6
MAX_TOKENS: Final = 2  # /uploadfile/<uuid>/<uuid>.html is a stored file
MAX_SAME_PARAMETER: Final = 3

HOST_SEGMENT: Final = re.compile(
    r"(?:https?:|(?:www\d?\.)[a-z0-9.\-]{1,80}|[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){0,4}\.(?:gov|com|org|net|edu)\.cn)",
    re.IGNORECASE,
)
TOKEN_SEGMENT: Final = re.compile(r"[0-9a-f]{32,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SESSION_SEGMENT: Final = re.compile(
    r"(?:sid|session|sess|sessionid|jsessionid)(?:[-_=]([0-9A-Za-z]{8,128}))?", re.IGNORECASE
)
CALENDAR_WORD: Final = re.compile(
    r"(?<![a-z])(?:calendars?|cal|e?rili|hdrl|rl|wnl|wannianli|huangli|laohuangli|richeng|rcap|schedules?|agenda|"
    r"events?|planner)(?![a-z])|calendar",
    re.IGNORECASE,
)
# Lists that really are kept by month: gazettes, statistics, archives.  A year and a month there choose a real page.
ARCHIVE_WORD: Final = re.compile(
    r"list|news|gongbao|gb(?![a-z])|zfgb|bulletin|archive|article|content|info|report|tongji|tj(?![a-z])|stat|shuju|"
    r"data|search|query|xxgk|zwgk|xinxi|wenjian|zcfg|more|index",
    re.IGNORECASE,
)
# What a URL must hold for the patterns above to match at all: nearly every link is cleared by these few look-ups.
CALENDAR_PARTS: Final = (
    "cal",
    "rili",
    "rl",
    "wnl",
    "wannianli",
    "huangli",
    "richeng",
    "rcap",
    "schedule",
    "agenda",
    "event",
    "planner",
)
HOST_PARTS: Final = (".cn", "http", "www")
SESSION_PARTS: Final = ("sid", "sess", "(s(")
YEAR_NAMES: Final = frozenset({"year", "y", "nian", "yyyy", "yr", "calyear", "cyear", "selyear"})
MONTH_NAMES: Final = frozenset({"month", "m", "yue", "mm", "mon", "mo", "calmonth", "cmonth", "selmonth"})
DAY_NAMES: Final = frozenset({"day", "d", "ri", "dd", "calday"})
DATE_NAMES: Final = frozenset(
    {"date", "ym", "riqi", "yearmonth", "year_month", "month", "day", "d", "m", "time", "start"}
)
YEAR: Final = re.compile(r"\d{4}")
SHORT: Final = re.compile(r"\d{1,2}")
YEAR_MONTH: Final = re.compile(r"\d{4}[-_.]?(?:0?[1-9]|1[0-2])(?:[-_.]?\d{1,2})?")
PAGE_NAME: Final = re.compile(
    r"(?:index|default|month|day|list|view|calendar|cal|rili)?[-_]?(\d{4})[-_](\d{1,2})(?:[-_]\d{1,2})?\.\w{1,6}"
)


def trap_rule(url: str) -> TrapRule | None:
    """The rule by which `url` (absolute) is cut as a trap, or None.

    `long-url`: more than 2,000 characters.  `deep-path`: more than 20 path segments.  `repeated-segment`: one segment
    three times or more (a number of at most four digits: five times), a file's name not counted.
    `repeated-cycle`: two to six segments, not only numbers, that stand twice one right after the other.
    `host-in-path`: a segment that is `http:`, begins with `www.` or is a name under .gov.cn, .com.cn …, left by a
    broken relative link.  `calendar`: a year and a month, in the query or in the path, of something called a calendar;
    or year, month and day as three parameters; or year and month as two parameters of what is no list or archive.
    `minted-tokens`: a session's name and its token in the path, a session mark more than once, three and more 128-bit
    tokens in the path, or one minted parameter four times.
    """
    if len(url) > MAX_URL:
        return TrapRule.LONG_URL
    path, _, query = url.partition("://")[2].partition("?")
    low = path.lower()
    segments = path.split("/")[1:]
    if segments and not segments[-1]:
        segments.pop()
    if rule := _path_rule(path, low, segments):
        return rule
    parameters = _parameters(query) if query else []
    if (parameters or len(path) > MAX_TOKENS * 32 or _holds(low, SESSION_PARTS)) and _minted(
        path, segments, parameters
    ):
        return TrapRule.MINTED_TOKENS
    if not parameters and not _holds(low, CALENDAR_PARTS):
        return None
    return TrapRule.CALENDAR if _calendar(path, segments, parameters) else None


def _holds(text: str, parts: tuple[str, ...]) -> bool:
    for part in parts:  # noqa: SIM110 - called for every link, and a generator would double its cost
        if part in text:
            return True
    return False


def _path_rule(path: str, low: str, segments: list[str]) -> TrapRule | None:
    if len(segments) > MAX_SEGMENTS:
        return TrapRule.DEEP_PATH
    folders = segments[:-1] if segments and "." in segments[-1] and not path.endswith("/") else segments
    if len(folders) > MAX_SAME and len(set(folders)) < len(folders) and (rule := _repetition(folders)):
        return rule
    if _holds(low.partition("/")[2], HOST_PARTS) and any(
        HOST_SEGMENT.fullmatch(segment) for segment in segments if "." in segment or ":" in segment
    ):
        return TrapRule.HOST_IN_PATH
    return None


def _repetition(folders: list[str]) -> TrapRule | None:
    for segment, times in Counter(folders).items():
        limit = MAX_SAME_NUMBER if segment.isdigit() and len(segment) <= 4 else MAX_SAME
        if times > limit and segment:
            return TrapRule.REPEATED_SEGMENT
    for size in range(2, min(MAX_CYCLE, len(folders) // 2) + 1):
        for start in range(len(folders) - 2 * size + 1):
            cycle = folders[start : start + size]
            if cycle == folders[start + size : start + 2 * size] and not all(s.isdigit() for s in cycle):
                return TrapRule.REPEATED_CYCLE
    return None


def _parameters(query: str) -> list[tuple[str, str]]:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return [(name.lower(), value) for name, _, value in pairs]


def _minted(path: str, segments: list[str], parameters: list[tuple[str, str]]) -> bool:
    marks = path.lower().count(";jsessionid=") + path.lower().count("(s(")
    marks += sum(1 for name, value in parameters if _is_session(name, value))
    for before, segment in zip(["", *segments], segments, strict=False):
        found = SESSION_SEGMENT.fullmatch(segment)
        if (found and found[1] and is_minted(found[1])) or (SESSION_SEGMENT.fullmatch(before) and is_minted(segment)):
            return True
    tokens = sum(1 for segment in segments if TOKEN_SEGMENT.fullmatch(segment.partition(".")[0]))
    same = Counter(name for name, value in parameters if is_minted(value))
    return marks > 1 or tokens > MAX_TOKENS or any(times > MAX_SAME_PARAMETER for times in same.values())


def _is_session(name: str, value: str) -> bool:
    return name in SESSION_NAMES or name.startswith("aspsessionid") or (name in AMBIGUOUS and is_minted(value))


def _calendar(path: str, segments: list[str], parameters: list[tuple[str, str]]) -> bool:
    named = dict(parameters)
    year = any(YEAR.fullmatch(named.get(name, "")) for name in YEAR_NAMES & named.keys())
    month = any(SHORT.fullmatch(named[name]) for name in MONTH_NAMES & named.keys())
    day = any(SHORT.fullmatch(named[name]) for name in DAY_NAMES & named.keys())
    if year and month and (day or not ARCHIVE_WORD.search(path)):
        return True
    words = [path.partition("/")[2], *named]
    if not any(CALENDAR_WORD.search(word) for word in words):
        return False
    if year and month:
        return True
    if any(YEAR_MONTH.fullmatch(named[name]) for name in DATE_NAMES & named.keys()):
        return True
    return _dated(segments)


def _dated(segments: list[str]) -> bool:
    """True where a calendar's path ends in year and month (and day): the next one is a click away."""
    for place, segment in enumerate(segments):
        after = segments[place + 1].partition(".")[0] if place + 1 < len(segments) else ""
        rest = len(segments) - place
        if YEAR.fullmatch(segment) and SHORT.fullmatch(after) and rest <= 4:
            return not _names_an_article(segments[-1])
        if YEAR_MONTH.fullmatch(segment.partition(".")[0]) and rest <= 2:
            return not _names_an_article(segments[-1])
    return bool(segments and PAGE_NAME.fullmatch(segments[-1]))


def _names_an_article(name: str) -> bool:
    """`t20190710_12345.html`, `art_1_2.html`, `content_991.html`: one document filed under its date."""
    stem = name.partition(".")[0]
    return bool(re.search(r"\d{5,}", stem.replace("-", "")) and not YEAR_MONTH.fullmatch(stem)) or bool(
        re.match(r"(?:art|t|content|info|post|detail|article)_?\d", stem)
    )
