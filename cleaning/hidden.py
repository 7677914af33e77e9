"""Blocks of links that no visitor can see.

Menus, tabs, pop-ups and mobile navigation are `display:none` on honest sites.  A block counts only when it points to
foreign hosts in a way honest pages do not: spam in the anchor texts, or a farm of unknown foreign sites.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleaning.hosts import host_of, is_benign, site_of
from cleaning.outline import Outline, Script, fold, outline
from cleaning.page import IN_VIEW, HiddenBlock
from cleaning.terms import spam_weight
from cleaning.unwrap import unwrapped

MAX_BLOCKS: Final = 40
MAX_LINKS: Final = 50
MAX_TEXT: Final = 300
MAX_KEPT: Final = 400  # characters of links remembered
_MAX_ANCHORS: Final = 20_000  # examined of one page
_MAX_SHEETS: Final = 50
_MAX_SCRIPTS: Final = 300
_MAX_CLIMB: Final = 200  # ancestors looked at; deeper nesting is a hostile page
_MAX_RULE: Final = 2000  # characters of one style rule
_MAX_SCRIPT: Final = 200_000  # characters of one script
# A farm without spam words: this many different unknown foreign sites in one block.  Friend-link drop-downs of honest
# sites hold official and news hosts (benign) under a caption; the real farms of the development data hold 38 to 41.
FARM_SITES: Final = 8
FARM_SITES_STRONG: Final = 2  # where the hiding itself is a trick (off-screen, one pixel, written by script)
SPAM_ENOUGH: Final = 1.5  # one word only the trade uses: weight of spam words in the anchors, see rules/harmful.toml
SPAM_SITES: Final = 3  # sites behind spam links that anybody may see
_CAPTION: Final = re.compile(
    r"友情链接|相关链接|网站链接|链接导航|合作媒体|常用链接|网站群|快速通道|相关网站|新闻媒体|企业网站|商会|协会"
)
_STRONG: Final = frozenset({"off-screen", "zero-size", "same-colour", "document-write", "marquee"})

_NONE: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![-\w])opacity\s*:\s*0?(?:\.0\d*)?0?\s*(?:;|!|$)"
    r"|alpha\(\s*opacity\s*=\s*[0-5]\s*\)|transform\s*:[^;]{0,40}scale\(\s*0(?:\.0\d*)?\s*[,)]"
)
_OFF: Final = re.compile(
    r"(?:text-indent|(?<![\w-])(?:left|top|right|bottom)|margin-left|margin-top)\s*:\s*-\s*(?:[4-9]\d\d|\d{4,}|\d{3,}(?:vw|vh|r?em))"
    r"|translate(?:x|y|3d)?\(\s*(?:0\s*,\s*)?-\s*(?:[4-9]\d\d|\d{4,})"
)
_CLIPPED: Final = re.compile(r"clip\s*:\s*rect\(\s*(?:0|1px)|clip-path\s*:\s*inset\(\s*(?:50|100)%")
_TINY: Final = re.compile(r"(?<![\w-])(?:max-)?(?:width|height)\s*:\s*[01](?:\.\d+)?(?:px|em|pt|%)?\s*(?:;|!|$)")
_OVERFLOW: Final = re.compile(r"overflow(?:-[xy])?\s*:\s*hidden")
_TINY_FONT: Final = re.compile(
    r"font-size\s*:\s*[01](?:\.\d+)?(?:px|em|pt|%)?\s*(?:;|!|$)|line-height\s*:\s*0(?:px)?\s*;"
)
_INK: Final = re.compile(r"(?<![-\w])color\s*:\s*([#\w]+(?:\([^)]*\))?)")
_PAPER: Final = re.compile(r"background(?:-color)?\s*:\s*([#\w]+(?:\([^)]*\))?)")
# The last step of a selector: one class or id, with or without its tag, whatever stands around it.
_SELECTOR: Final = re.compile(r"(?:^|[\s>+~])[a-zA-Z]{0,10}([.#][\w-]+)$")
_WRITE: Final = re.compile(r"document\s{0,5}\.\s{0,5}write(?:ln)?\s{0,5}\(")
_GAP: Final = re.compile(r"[\s+,\w.\[\]$]+")
_QUOTED: Final = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|`([^`]*)`", re.DOTALL)
_WRITTEN_LINK: Final = re.compile(
    r"<a\b[^>]*?href\s*=\s*\\?[\"']?([^\"'\s>\\]+)[^>]*>(.*?)</a", re.IGNORECASE | re.DOTALL
)
_OPEN_TAG: Final = re.compile(r"<(div|span|p|ul|table|marquee|font|center)\b([^>]*)>", re.IGNORECASE)
_MARKUP: Final = re.compile(r"<[^>]*>")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([/\"'\\]))")
_TINY_SIZES: Final = frozenset({"0", "1", "2"})
_TINY_MARQUEE: Final = re.compile(r"(?:width|height)\s*=\s*[\"']?[012]\b")
_NAMED: Final = {"white": "#ffffff", "black": "#000000", "#fff": "#ffffff", "#000": "#000000", "transparent": ""}


@dataclass(frozen=True, slots=True)
class HiddenRoot:
    """A suspicious block and the `mem_id`s of the elements that carry it (none where a script writes it)."""

    block: HiddenBlock
    elements: tuple[int, ...]


def hidden_roots(page: Outline, base_url: str) -> tuple[HiddenRoot, ...]:
    """The blocks of foreign or spam links no visitor can see, in document order, at most 40.

    With them stand their elements, so that the main text can leave them out.
    """
    site = site_of(host_of(base_url))
    groups = list(_groups(page, base_url, site))
    groups.extend(_written(page.scripts[:_MAX_SCRIPTS], base_url, site))
    roots = (_judge(group) for group in groups)
    return tuple(root for root in roots if root is not None)[:MAX_BLOCKS]


def without(tree: LexborHTMLParser, page: Outline, roots: Sequence[HiddenRoot]) -> Outline:
    """The outline of what visitors see: `page`, walked again where blocks of it are hidden."""
    unseen = frozenset(number for root in roots for number in root.elements)
    return outline(tree, unseen) if unseen else page


def is_hiding(style: str) -> str:
    """How an inline style hides its element ("" when it does not)."""
    style = style.lower()
    if _NONE.search(style):
        return "display-none"
    if (_OFF.search(style) and "50%" not in style) or _CLIPPED.search(style):
        return "off-screen"
    if (_TINY.search(style) and _OVERFLOW.search(style)) or _TINY_FONT.search(style):
        return "zero-size"
    ink, paper = _INK.search(style), _PAPER.search(style)
    if ink and paper and _colour(ink.group(1)) and _colour(ink.group(1)) == _colour(paper.group(1)):
        return "same-colour"
    return ""


def _colour(value: str) -> str:
    return _NAMED.get(value, value)


@dataclass(slots=True)
class _Group:
    """Foreign links under one hiding element (or under one parent, where each link hides itself)."""

    how: str
    nodes: list[LexborNode] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)  # URL -> anchor text


def _groups(page: Outline, base_url: str, site: str) -> Iterator[_Group]:
    """Foreign anchors by the element that hides them.  Honest pages have few foreign anchors, so few climbs."""
    links = (
        (node, href) for tag, node, given in page.wanted if tag == "a" and "//" in (href := given.get("href") or "")
    )
    anchors = [(node, url) for node, href in islice(links, _MAX_ANCHORS) if (url := _foreign(base_url, href, site))]
    if not anchors:
        return
    sheet = _sheet_rules([node for _, node, _ in page.all_of("style")[:_MAX_SHEETS]])
    wrapped = _wrapped_by_script(page.scripts[:_MAX_SCRIPTS])
    known: dict[int, tuple[str, LexborNode] | None] = {}
    groups: dict[int, _Group] = {}
    seen: dict[str, tuple[LexborNode, str]] = {}
    for anchor, url in anchors:
        hider = _hider(anchor, sheet, wrapped, known)
        if hider is None:
            seen.setdefault(url, (anchor, fold(anchor.text()[:MAX_TEXT])))
            continue
        how, node = hider
        key = node.parent.mem_id if node.tag == "a" and node.parent is not None else node.mem_id
        group = groups.setdefault(key, _Group(how))
        if not any(node.mem_id == held.mem_id for held in group.nodes[-1:]):
            group.nodes.append(node)
        group.links.setdefault(url, fold(anchor.text()[:MAX_TEXT]))
    yield from groups.values()
    yield from _in_view(seen)


def _in_view(seen: dict[str, tuple[LexborNode, str]]) -> Iterator[_Group]:
    """Foreign links that a visitor may see, where their texts are spam: hidden by what the page does not tell, or not at all."""
    spam = {url: pair for url, pair in seen.items() if pair[1] and spam_weight(pair[1]) >= SPAM_ENOUGH}
    if len({site_of(host_of(url)) for url in spam}) >= SPAM_SITES:
        nodes = [node for node, _ in spam.values()]
        yield _Group(IN_VIEW, nodes, {url: text for url, (_, text) in spam.items()})


def _hider(
    anchor: LexborNode,
    sheet: dict[str, str],
    wrapped: dict[int, str],
    known: dict[int, tuple[str, LexborNode] | None],
) -> tuple[str, LexborNode] | None:
    """The nearest element, from the anchor upward, that hides it."""
    path: list[int] = []
    node: LexborNode | None = anchor
    result: tuple[str, LexborNode] | None = None
    while node is not None and len(path) < _MAX_CLIMB:
        if node.mem_id in known:
            result = known[node.mem_id]
            break
        path.append(node.mem_id)
        how = wrapped.get(node.mem_id, "") or (_how(node, sheet) if node.is_element_node else "")
        if how:
            result = (how, node)
            break
        node = node.parent
    known.update(dict.fromkeys(path, result))
    return result


def _how(node: LexborNode, sheet: dict[str, str]) -> str:
    """How this element hides what stands in it: by attribute, by inline style, as a tiny marquee, by a style sheet."""
    if node.tag == "noscript":
        return "noscript"
    given = node.attributes
    if not given:
        return ""
    how = "display-none" if "hidden" in given else is_hiding(given.get("style") or "")
    if not how and node.tag == "marquee":
        sizes = ((given.get(name) or "9").strip().rstrip("px") for name in ("width", "height"))
        how = "marquee" if _TINY_SIZES.intersection(sizes) else ""
    if not how and sheet:
        names = (*(f".{name}" for name in (given.get("class") or "").split()), f"#{given.get('id') or ''}")
        how = next((sheet[name] for name in names if name in sheet), "")
    return how


def _sheet_rules(sheets: Sequence[LexborNode]) -> dict[str, str]:
    """Simple class and id selectors that the page's own style sheets hide."""
    hidden: dict[str, str] = {}
    for sheet in sheets:
        for rule in (sheet.text() or "")[:_MAX_SCRIPT].split("}"):
            selectors, _, body = rule.rpartition("{")
            how = is_hiding(body[:_MAX_RULE]) if selectors else ""
            if not how:
                continue
            for selector in selectors.rpartition("{")[2][:_MAX_RULE].split(","):
                if (name := _SELECTOR.search(selector.strip())) and len(hidden) < 200:
                    hidden[name[1]] = how
    return hidden


def _wrapped_by_script(scripts: Sequence[Script]) -> dict[int, str]:
    """Elements between a script that writes a hiding tag and the script that closes it."""
    wrapped: dict[int, str] = {}
    for script, _, code in scripts:
        if "write" not in code or len(code) > _MAX_SCRIPT:
            continue
        written = _strings(code)
        opened = [match for match in _OPEN_TAG.finditer(written) if _hides(match.group(1), match.group(2))]
        if not opened or "</" in written[opened[-1].end() :]:
            continue
        following = script.next
        while following is not None and following.tag != "script" and len(wrapped) < 2000:
            if following.is_element_node:
                wrapped[following.mem_id] = "document-write"
            following = following.next
    return wrapped


def _hides(tag: str, attributes: str) -> bool:
    plain = attributes.replace('"', ";").replace("'", ";")
    return bool(is_hiding(plain)) or (tag.lower() == "marquee" and bool(_TINY_MARQUEE.search(attributes)))


def _strings(code: str) -> str:
    """What the script's `document.write` calls print, as far as it stands in plain strings."""
    parts: list[str] = []
    for call in _WRITE.finditer(code):
        at = call.end()
        while match := _QUOTED.match(code, at) or _GAP.match(code, at):
            if match.re is _QUOTED:
                parts.append(next((part for part in match.groups() if part), ""))
            at = match.end()
    return _ESCAPE.sub(_unescape, "".join(parts))


def _unescape(match: re.Match[str]) -> str:
    digits = match.group(1) or match.group(2)
    return chr(int(digits, 16)) if digits else match.group(3)


def _written(scripts: Sequence[Script], base_url: str, site: str) -> Iterator[_Group]:
    """Foreign links inside strings that scripts write into the page."""
    for _, _, code in scripts:
        if ("write" not in code and "eval" not in code) or len(code) > _MAX_SCRIPT:
            continue
        plain, _ = unwrapped(code)
        if "href" not in plain:
            continue
        links = {
            url: fold(_MARKUP.sub(" ", text))
            for href, text in _WRITTEN_LINK.findall(_strings(plain))
            if _is_foreign(url := _absolute(base_url, href), site)
        }
        if links:
            yield _Group("document-write", [], links)


def _judge(group: _Group) -> HiddenRoot | None:
    text = (
        fold(" ".join(node.text()[:2000] for node in group.nodes[:50]))
        if group.nodes
        else " ".join(group.links.values())
    )
    sites = {site_of(host_of(url)) for url in group.links}
    enough = FARM_SITES_STRONG if group.how in _STRONG else FARM_SITES
    spam = spam_weight(" ".join(group.links.values()))
    if spam < SPAM_ENOUGH and (len(sites) < enough or _CAPTION.search(text[:200]) or _mostly_benign(group)):
        return None
    block = HiddenBlock(how=group.how, text=text[:MAX_TEXT], links=tuple(group.links)[:MAX_LINKS])
    return HiddenRoot(block, tuple(node.mem_id for node in group.nodes))


def _mostly_benign(group: _Group) -> bool:
    """A friend-link panel: beside the unknown sites stand as many that honest pages link to."""
    benign = sum(
        is_benign(host_of(anchor.attributes.get("href") or ""))
        for node in group.nodes[:50]
        for anchor in node.css("a[href]")[:500]
    )
    return 2 * benign >= len(group.links)


def _is_foreign(url: str, site: str) -> bool:
    """Another site's URL, and none that honest government pages link to."""
    if not url.startswith(("http://", "https://")):
        return False
    host = host_of(url)
    return bool(host) and site_of(host) != site and not is_benign(host)


def _foreign(base_url: str, href: str, site: str) -> str:
    """The URL of a link to another site, "" for all others."""
    if len(href) <= MAX_KEPT and href.startswith(("http://", "https://")):
        # Of the base only its scheme counts.
        for scheme in ("http://", "https://"):
            if base_url.startswith(scheme):
                return _foreign_from(scheme, href, site)
    url = _absolute(base_url, href)
    return url if _is_foreign(url, site) else ""


@lru_cache(maxsize=8192)
def _foreign_from(base_url: str, href: str, site: str) -> str:
    url = _absolute(base_url, href)
    return url if _is_foreign(url, site) else ""


def _absolute(base_url: str, href: str) -> str:
    try:
        return urljoin(base_url, href.strip())
    except ValueError:
        return ""
