"""What inline scripts and event attributes say about other pages, read statically: never run, never guessed.

A string counts as a link only where the code uses it as one (navigation, an anchor that is written, an entry of a list
with its title) and only when it is whole: a string that is joined with something else names no page.
Every pattern is bounded and every scan is linear.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import unquote

from cleaning.memory import remembered

MAX_CODE: Final = 400_000  # characters read of one script; longer ones are libraries or data
MAX_FOUND: Final = 50_000  # links of one script
KEPT: Final = 1_024  # scripts whose answers are remembered for the next pages of the same sites,
KEPT_LENGTH: Final = 8_192  # of at most so many characters
KEPT_HANDLERS: Final = 4_096  # the same for event attributes
KEPT_HANDLER: Final = 400

STRING: Final = r"(?:\"((?:[^\"\\\n]|\\.){0,4000})\"|'((?:[^'\\\n]|\\.){0,4000})')"
PAGE_ENDING: Final = (
    r"\.(?:s?html?|xhtml|jhtml|jspx?|aspx?|php|do|action|pdf|docx?|xlsx?|pptx?|wps|et|ofd|rtf|zip|rar|7z)"
)
OBJECT: Final = r"(?<![\w$.])(?:(?:window|self|top|parent|document|this)\s{0,5}\.\s{0,5}){0,3}"
GOES: Final = (
    OBJECT
    + r"(?:(?P<location>location(?:\s{0,5}\.\s{0,5}href)?\s{0,9}=(?!=)|location\s{0,5}\.\s{0,5}(?:replace|assign)\s{0,5}\()"
    r"|(?P<open>open\s{0,5}\())\s{0,9}"
)
GOES_AT: Final = re.compile(r"location\s{0,9}=|location\s{0,5}\.\s{0,5}(?:href|replace|assign)|open\s{0,5}\(")
GOES_CONSTANT: Final = re.compile(GOES + STRING + r"\s{0,9}(?P<joined>[+.]?)")
TOKEN: Final = re.compile(
    r"(?P<skip>//[^\n]*|<!--[^\n]*|/\*[\s\S]*?(?:\*/|\Z))"
    r"|(?P<go>"
    + GOES.replace("location>", "l1>").replace("open>", "o1>")
    + r")(?:"
    + STRING
    + r"|(?P<name>[A-Za-z_$][\w$]{0,60}))"
    r"\s{0,9}(?P<joined>[+.(\[]?)"
    r"|(?P<timer>(?<![\w$])setTimeout\s{0,5}\(\s{0,5})" + STRING + r"|" + STRING + r"|(?P<brace>[{}])"
)
COMMENT_OR_STRING: Final = re.compile(
    r"//[^\n]*|<!--[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|\"(?:[^\"\\\n]|\\.){0,4000}\"|'(?:[^'\\\n]|\\.){0,4000}'"
)
CONDITION_TAIL: Final = re.compile(r"(?:\)|\belse|&&|\|\||\?|:|\()\s{0,20}$")
BY_DEVICE: Final = re.compile(
    r"userAgent|isMobile|navigator\.platform|screen\.width|\bmobile\b|iPhone|Android", re.IGNORECASE
)
DEVICE_REACH: Final = 800  # characters before a navigation in which a question about the device makes it conditional
VARIABLE: Final = re.compile(
    r"(?<![\w$.])([A-Za-z_$][\w$]{0,60})\s{0,9}=\s{0,9}(?:" + STRING + r"|(\d{1,7})(?![\w.]))\s{0,9}(?=[;,\n\r}/]|\Z)"
)
DENIED_CALL: Final = re.compile(
    r"(?:get|post|ajax|getJSON|load|alert|confirm|fetch|jQuery|\$|getElementById|setAttribute|writeln?|log|"
    r"querySelector(?:All)?|getScript|attr|css|addClass|removeClass|indexOf|split|replace|sethome\w*|addfavou?rite)\s{0,5}\($",
    re.IGNORECASE,
)
LOOKS_LIKE_URL: Final = re.compile(
    r"https?:\\?/\\?/[^\s\"'<>{}|]{4,2000}"
    r"|[^\s\"'<>(){};,|*$]{1,1000}" + PAGE_ENDING + r"(?:[?#][^\s\"'<>{}|]{0,1000})?"
    r"|\.{0,2}/[\w\-./%~=&?;\u4e00-\u9fff]{1,1000}",
    re.IGNORECASE,
)
LISTED_URL: Final = re.compile(
    r"(?:https?:/)?[^\s\"'<>(){};,|*$\\]{1,1000}\.(?:s?html?|jhtml|jspx?|aspx?|php|pdf|docx?|xlsx?|pptx?|wps|ofd|zip|rar)"
    r"(?:\?[^\s\"'<>{}|\\]{0,500})?",
    re.IGNORECASE,
)
# One of these stands in whatever LISTED_URL finds.
LISTED_ENDINGS: Final = (
    *(".htm", ".shtm", ".jhtm", ".jsp", ".asp", ".php"),
    *(".pdf", ".doc", ".xls", ".ppt", ".wps", ".ofd", ".zip", ".rar"),
)
WRITTEN_REFRESH: Final = re.compile(
    r"http-equiv\s{0,5}=\s{0,5}\\?[\"']?refresh[^>]{0,300}?\burl\s{0,5}=\s{0,5}\\?[\"']?([^\"'>\\\s+]{1,1000})",
    re.IGNORECASE,
)
WRITTEN_LINK: Final = re.compile(
    r"<(a|area|iframe|frame)\b[^<>]{0,300}?\b(?:href|src)\s{0,3}=\s{0,3}\\?([\"'])([^\"'<>\\\s+{}$]{1,1000})\\?\2([^<>]{0,300}>([^<>\"'+]{0,200}))?",
    re.IGNORECASE,
)
FLAT_GROUP: Final = re.compile(r"\{[^{}]{10,3000}\}|\[[^\[\]{}]{10,3000}\]")
PAIR: Final = re.compile(r"(?:([\w\-$]{1,40})[\"']?\s{0,5}:\s{0,5})?" + STRING)
REQUEST_KEYS: Final = frozenset({"datatype", "success", "method", "async", "contenttype"})
TITLE_KEYS: Final = frozenset({"title", "name", "text", "doctitle", "subject", "bt", "infotitle", "showtitle"})
HAN: Final = re.compile("[\u4e00-\u9fff]")
UNICODE_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Navigation:
    """A constant target the code goes to.  `immediate`: at once, on every visit; else when a function is called."""

    url: str
    immediate: bool


class Carried(NamedTuple):
    """What a script carries into the page besides what it does."""

    refreshes: tuple[str, ...]  # targets of meta refreshes that it prints
    written: tuple["Listed", ...]  # anchors and frames inside its strings
    listed: tuple["Listed", ...]  # entries of lists


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a list carried by a script, or a link the script writes."""

    url: str
    text: str
    frame: bool = False


@remembered(KEPT_HANDLERS, KEPT_HANDLER)
def handler_urls(code: str) -> tuple[str, ...]:
    """Targets of an event attribute or of a `javascript:` link's code: `window.open('…')`, `location='…'`, `goUrl('…')`."""
    code = plain(code[:MAX_CODE])
    if '"' not in code and "'" not in code:
        return ()
    found = [
        _text(match, 3)
        for match in GOES_CONSTANT.finditer(code)
        if not match["joined"] and not _text(match, 3).startswith(("about:", "_"))
    ]
    for match in re.finditer(STRING, code):
        value = _text(match, 1)
        before = code[max(0, match.start() - 80) : match.start()].rstrip()
        after = code[match.end() : match.end() + 20].lstrip()[:1]
        if before[-1:] not in {"(", ","} or after not in {",", ")"} or DENIED_CALL.search(before):
            continue
        if LOOKS_LIKE_URL.fullmatch(value):
            found.append(value)
    return tuple(dict.fromkeys(found))


@remembered(KEPT_HANDLERS, KEPT_HANDLER)
def javascript_code(href: str) -> str:
    """The code of a `javascript:` link, escapes undone as a browser does."""
    return unquote(href.partition(":")[2])


def plain(code: str) -> str:
    r"""`code` with `\/` as `/`, as JSON and written closing tags escape it."""
    return code.replace("\\/", "/") if "\\/" in code else code


def uncommented(code: str) -> str:
    """`code` without its comments; strings stay as they are, `//` in them too."""
    if "//" not in code and "/*" not in code and "<!--" not in code:
        return code
    return COMMENT_OR_STRING.sub(lambda m: "" if m[0].startswith(("//", "/*", "<!--")) else m[0], code[:MAX_CODE])


@remembered(KEPT, KEPT_LENGTH)
def variables(code: str) -> Mapping[str, str]:
    """Names that the script gives a constant text or number, once; a name with several values is left out."""
    found: dict[str, str] = {}
    several: set[str] = set()
    for match in VARIABLE.finditer(code[:MAX_CODE]):
        name = match[1]
        value = match[4] if match[4] is not None else _text(match, 2)
        if found.setdefault(name, value) != value:
            several.add(name)
    return MappingProxyType({name: value for name, value in found.items() if name not in several})


@remembered(KEPT, KEPT_LENGTH)
def navigations(code: str) -> tuple[Navigation, ...]:
    """Constant navigations of a script, in order.  What depends on the visitor's device is left out."""
    code = code[:MAX_CODE]
    if not _goes(code):
        return ()
    found: list[Navigation] = []
    known: Mapping[str, str] | None = None
    depth = 0
    for token in TOKEN.finditer(code):
        if token["brace"]:
            depth = depth + 1 if token["brace"] == "{" else max(0, depth - 1)
        elif token["go"] or token["timer"]:
            if known is None:
                known = variables(code) if token["name"] else None
            found.extend(_went(code, token, known or {}, top=depth == 0))
    return tuple(found)


def _goes(code: str) -> bool:
    """Whether anything in the code looks like a navigation; most scripts have none and need no second look."""
    for word in ("location", "open"):
        place = code.find(word)
        while place >= 0:
            if GOES_AT.match(code, place):
                return True
            place = code.find(word, place + 1)
    return False


def _went(code: str, token: re.Match[str], known: Mapping[str, str], *, top: bool) -> Iterator[Navigation]:
    start = token.start()
    before = code[max(0, start - DEVICE_REACH) : start]
    if BY_DEVICE.search(before):
        return
    free = top and not CONDITION_TAIL.search(before[-60:])
    if token["timer"]:
        for match in GOES_CONSTANT.finditer(_first(token, 10, 11)):
            if match["location"] and not match["joined"]:
                yield Navigation(_text(match, 3), immediate=free)
        return
    if token["joined"]:
        return
    url = known.get(token["name"], "") if token["name"] else _first(token, 5, 6)
    if not url or (token["name"] and not LOOKS_LIKE_URL.fullmatch(url)):
        return
    yield Navigation(url, immediate=free and token["o1"] is None)


@remembered(KEPT, KEPT_LENGTH)
def carried(code: str) -> Carried:
    """Refreshes, links and lists that a script carries."""
    return Carried(tuple(written_refreshes(code)), tuple(written_links(code)), tuple(listed_links(code)))


def written_refreshes(code: str) -> list[str]:
    """Targets of a meta refresh that the script prints."""
    return WRITTEN_REFRESH.findall(code[:MAX_CODE]) if "refresh" in code.lower() else []


def written_links(code: str) -> list[Listed]:
    """Whole anchors and frames inside the script's strings."""
    if "<a" not in code and "frame" not in code:
        return []
    found = []
    for match in WRITTEN_LINK.finditer(plain(code[:MAX_CODE])):
        frame = "frame" in match[1].lower()
        if frame or LOOKS_LIKE_URL.fullmatch(match[3]):
            found.append(Listed(match[3], (match[5] or "").strip(), frame=frame))
        if len(found) >= MAX_FOUND:
            break
    return found


def listed_links(code: str) -> list[Listed]:
    """Entries `{…"url": "/a/1.html", "title": "…"}` and `['…', '/a/1.html']`: a page's URL with its title beside it."""
    code = code[:MAX_CODE]
    lowered = code.lower()
    if not any(ending in lowered for ending in LISTED_ENDINGS):
        return []
    code = plain(code)
    found: list[Listed] = []
    for group in FLAT_GROUP.finditer(code):
        text = group[0]
        if "." in text and ('"' in text or "'" in text) and (entry := _entry(text)):
            found.append(entry)
            if len(found) >= MAX_FOUND:
                break
    return found


def _entry(text: str) -> Listed | None:
    url, title, titled = "", "", ""
    for pair in PAIR.finditer(text):
        key, value = (pair[1] or "").lower(), _text(pair, 2)
        if key in REQUEST_KEYS:
            return None
        if not url and LISTED_URL.fullmatch(value) and _stands_alone(text, pair):
            url = value
        elif key in TITLE_KEYS and not titled:
            titled = value
        elif not title and len(HAN.findall(_unescaped(value)[:50])) >= 2:
            title = value
    best = _unescaped(titled or title).strip()
    return Listed(url, best) if url and best else None


def _stands_alone(text: str, pair: re.Match[str]) -> bool:
    before = text[: pair.start(2) - 1 if pair[2] is not None else pair.start(3) - 1].rstrip()[-1:]
    return before in {":", "[", ",", "("} and text[pair.end() :].lstrip()[:1] in {",", "}", "]", ")"}


def _unescaped(value: str) -> str:
    return UNICODE_ESCAPE.sub(lambda m: chr(int(m[1], 16)), value) if "\\u" in value else value


def _text(match: re.Match[str], group: int) -> str:
    """The value of a STRING whose two groups begin at `group`."""
    return _first(match, group, group + 1)


def _first(match: re.Match[str], one: int, other: int) -> str:
    return match[one] if match[one] is not None else (match[other] or "")
