"""All links of a page, in document order, one per key.

Read: a, area, frame, iframe, option, event attributes, `javascript:` links, meta refresh, and what inline scripts carry
(navigations, lists, pagers, templates).  Never read: HTML comments, conditional comments included.
"""

import re
import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from selectolax.lexbor import LexborNode

from cleaning import scripts
from cleaning.cms import aspnet, jcms, trs, vsb
from cleaning.media import asset_url
from cleaning.memory import remembered
from cleaning.outline import HANDLERS, Attributes, Outline, Script, words_of
from cleaning.page import Link, LinkKind
from cleaning.parse import parse
from cleaning.urls import Resolver, canonicalize, key_of, resolver

MAX_LINKS: Final = 200_000
MAX_TEXT: Final = 200  # characters of anchor text
ROWS: Final = frozenset({"li", "tr", "dd", "record"})  # what holds one entry of a store or template
DAY: Final = re.compile(r"(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}(?![0-9])日?")
MAX_ROW: Final = 2_000  # characters of a row that are searched for its day
TEXT_BUDGET: Final = 4_000_000  # characters gathered for all anchors; nested handlers would make it quadratic
MAX_TEMPLATES: Final = 4_000_000  # characters of all templates that are parsed again

READ: Final = frozenset({"area", "iframe", "frame", "meta", "template", "textarea", "xmp", "body"})
REFRESH: Final = re.compile(
    r"\s{0,50}[\d.]{0,20}\s{0,50}[;,]?\s{0,50}(?:url\s{0,50}=\s{0,50})?[\"']?\s{0,50}([^\"'>\s]+)", re.IGNORECASE
)
GOES_ON_CHANGE: Final = re.compile(r"location|open\s{0,5}\(|\bhref|goto|gosite|jump|redirect|tiao", re.IGNORECASE)
OPTION_URL: Final = re.compile(
    r"https?://[^\s\"'<>]{4,2000}|\.{0,2}/[^\s\"'<>]{0,1000}|[^\s\"'<>:]{1,1000}"
    + scripts.PAGE_ENDING
    + r"(?:\?[^\s\"'<>]{0,500})?",
    re.IGNORECASE,
)
RELATIVE_OPTION: Final = re.compile(r"[\w\-.%]{1,200}(?:/[\w\-.%]{0,200}){0,20}(?:\?[^\s\"'<>]{0,500})?")
PROGRAM_TYPES: Final = frozenset(
    {"", "text/javascript", "application/javascript", "module", "javascript", "text/ecmascript"}
)
DATA_TYPES: Final = frozenset({"application/json", "application/ld+json"})
PLACEHOLDER: Final = re.compile(r"[{}<>$]|%7b|%3c|^#\w+#$", re.IGNORECASE)
NOT_FOLLOWED: Final = ("#", "javascript:", "mailto:", "tel:", "data:", "about:")
TARGET_MARKS: Final = frozenset("'\"%_")  # code without a string, an escape and a pager's function leads nowhere
# First characters of links that are none of these nor `javascript:`.
FOLLOWED_STARTS: Final = frozenset("/.?" + string.digits + string.ascii_letters) - frozenset("AaDdJjMmTt")
KEPT: Final = 16_384  # links remembered for the next pages of the same site,
KEPT_HREF: Final = 400  # of so many characters in the source


@dataclass(frozen=True, slots=True)
class PageLinks:
    """`listed`: links that a pager, data store, template or list in a script gave; `cut`: links over the limit.

    `steps`: whether some of them are steps of the page's form.  `days`: by key, the day that a store or template puts
    beside an entry.
    """

    links: tuple[Link, ...]
    listed: int
    cut: int
    steps: bool = False
    days: Mapping[str, str] = field(default_factory=dict)


def base_url(page: Outline, url: str) -> str:
    """What the page's links are relative to: its first `<base href>`, else its own URL."""
    bases = [given["href"] or "" for _, _, given in page.all_of("base") if "href" in given]
    return (resolver(url).normalize(bases[0]) or url) if bases else url


def read_links(page: Outline, base: str, *, hidden: Collection[str] = ()) -> PageLinks:
    """Every link of a page; `base` is what they are relative to.

    `hidden`: absolute URLs that stand in blocks no visitor can see.
    """
    reader = _Reader(base)
    reader.walk(page)
    links = reader.links.values()
    if hidden:
        keys = {key for target in hidden if (key := canonicalize(target))}
        return PageLinks(
            tuple(ln._replace(hidden=True) if ln.key in keys else ln for ln in links),
            reader.listed,
            reader.cut,
            reader.steps,
            reader.days,
        )
    return PageLinks(tuple(links), reader.listed, reader.cut, reader.steps, reader.days)


class _Reader:
    """Collects the links of one page; the first spelling of a key stays unless a cheaper kind names it too."""

    def __init__(self, base: str) -> None:
        self.links: dict[str, Link] = {}
        self.listed = 0
        self.cut = 0
        self.steps = False
        self._base = base
        self._resolver: Resolver = resolver(base)
        self._raw: set[str] = set()  # anchors already added, as spelled: menus repeat them
        self._budget = TEXT_BUDGET
        self._known: dict[str, str] = {}  # constants of the programs so far: a pager's numbers may be set earlier
        self._codes: list[str] = []  # programs whose constants nobody has asked for yet
        self._calls: list[str] = []  # codes that ask for further pages of a list by functions of its system
        self._stores: list[jcms.Store] = []
        self._plugs: list[str] = []  # programs that draw data stores
        self.days: dict[str, str] = {}  # of entries of stores and templates, by key: the day beside them
        self._selects: dict[int, bool] = {}
        self._template_room = MAX_TEMPLATES

    def walk(self, page: Outline) -> None:
        programs = iter(page.scripts)
        words = page.words.get
        for place, (tag, node, given) in enumerate(page.wanted):
            if tag == "a":
                self._anchor(node, given, words(place))
            elif tag == "script":
                self._script(next(programs))
            elif tag == "option":
                self._option(node, given, words(place))
            elif tag in READ or not HANDLERS.isdisjoint(given):
                self._other(node, tag, given)
        for listed in self._further(page):
            self.listed += self._add(listed, LinkKind.PAGER, "")

    def _further(self, page: Outline) -> list[str]:
        """Further pages of lists that are named only by the whole page: its scripts, its store and its anchors."""
        hrefs = [ln.url for ln in self.links.values()]
        pages = vsb.asked_pages(hrefs) if any(vsb.ASKED_SIGN in href for href in hrefs) else []
        if self._calls:
            pages += vsb.jump_pages(self._calls, hrefs, self._base)
            steps = aspnet.steps(self._calls, aspnet.action_of(page, self._base))
            self.steps = bool(steps)
            pages += steps
        if self._stores or self._plugs:
            pages += jcms.group_pages(self._stores, self._plugs)
        return pages

    def _add(self, raw: str, kind: LinkKind, text: str) -> bool:
        place = self._resolver.place_of(raw) if len(raw) <= KEPT_HREF else None
        found = _page_at(place, raw) if place is not None else _page(self._resolver, raw)
        if found is None:
            return False
        url, key = found
        held = self.links.get(key)
        if held is None:
            if len(self.links) >= MAX_LINKS:
                self.cut += 1
                return False
            self.links[key] = Link(url, key, kind, _short(text))
        elif kind.cost < held.cost:
            self.links[key] = Link(url, key, kind, held.text or _short(text))
        elif text and not held.text:
            self.links[key] = held._replace(text=_short(text))
        return True

    def _anchor(self, node: LexborNode, given: Attributes, words: str | None, kind: LinkKind = LinkKind.ANCHOR) -> None:
        href = given.get("href")
        if href and href not in self._raw:
            self._href(node, href, kind, given, words)
        if "onclick" in given:
            self._handler(node, given, given["onclick"])

    def _href(self, node: LexborNode, href: str, kind: LinkKind, given: Attributes, words: str | None) -> None:
        if href[0] not in FOLLOWED_STARTS:
            start = href.lstrip()[:11].lower()
            if start.startswith("javascript:"):
                if not TARGET_MARKS.isdisjoint(href):  # not `javascript:void(0)`, the most frequent of all links
                    self._handler(node, given, scripts.javascript_code(href))
                return
            if not start or start.startswith(NOT_FOLLOWED):
                return
        text = self._text(node, given, words)
        if text:
            self._raw.add(href)
        self._add(href, kind, text)

    def _text(self, node: LexborNode, given: Attributes, words: str | None = None) -> str:
        """What a link says; `words` where they are known already."""
        if self._budget > 0:
            text = words_of(node) if words is None else words
            self._budget -= len(text)
            if text and (text := text.strip()):
                return text
            image = node.css_first("img[alt]")
            if image is not None and (alt := image.attributes.get("alt")):
                return alt
        return given.get("title") or given.get("alt") or ""

    def _handler(self, node: LexborNode, given: Attributes, code: str | None) -> None:
        if not code:
            return
        if vsb.SIGN in code or aspnet.SIGN in code:
            self._calls.append(code)
        for target in scripts.handler_urls(code):
            self._add(target, LinkKind.ONCLICK, self._text(node, given))

    def _other(self, node: LexborNode, tag: str, given: Attributes) -> None:
        if tag in {"iframe", "frame"}:
            source = given.get("src")
            if source and not source.lstrip()[:11].lower().startswith(NOT_FOLLOWED):
                self._add(source, LinkKind.FRAME, given.get("title") or given.get("name") or "")
        elif tag == "area":
            self._anchor(node, given, None, LinkKind.AREA)
        elif tag == "meta":
            self._meta(given)
        elif tag in {"textarea", "xmp", "template"}:
            self._template((node.html or "").partition(">")[2] if tag == "template" else node.text())
        if tag not in {"meta", "area"}:
            self._events(node, tag, given)

    def _events(self, node: LexborNode, tag: str, given: Attributes) -> None:
        if tag == "body" and (code := given.get("onload")):
            for step in scripts.navigations(code):
                self._add(step.url, LinkKind.LOCATION if step.immediate else LinkKind.ONCLICK, "")
        self._handler(node, given, given.get("onclick"))
        self._handler(node, given, given.get("ondblclick"))
        target = given.get("data-href")
        if target and scripts.LOOKS_LIKE_URL.fullmatch(target):
            self._add(target, LinkKind.ONCLICK, self._text(node, given))

    def _meta(self, given: Attributes) -> None:
        content = given.get("content") or ""
        if (given.get("http-equiv") or "").strip().lower() == "refresh" and "url" in content.lower():
            found = REFRESH.match(content)
            if found:
                self._add(found[1], LinkKind.REFRESH, "")

    def _option(self, node: LexborNode, given: Attributes, words: str | None) -> None:
        value = (given.get("value") or "").strip()
        if len(value) < 2 and value != "/":
            return
        is_url, is_relative = _option_value(value)
        if is_url or (is_relative and self._navigates(node)):
            self._add(value, LinkKind.OPTION, self._text(node, given, words))

    def _navigates(self, option: LexborNode) -> bool:
        """True where the option's select goes to the value as it is."""
        select = option.parent
        if select is not None and select.tag == "optgroup":
            select = select.parent
        if select is None:
            return False
        known = self._selects.get(select.mem_id)
        if known is None:
            code = select.attributes.get("onchange") or ""
            known = bool(GOES_ON_CHANGE.search(code)) and "value" in code and "+" not in code
            self._selects[select.mem_id] = known
        return known

    def _script(self, script: Script) -> None:
        code = script.code
        if not code or code.isspace():
            return
        kind = (script.given.get("type") or "").partition(";")[0].strip().lower()
        if kind in PROGRAM_TYPES:
            self._program(code)
        elif kind in DATA_TYPES:
            self._listed(scripts.listed_links(code))
        else:
            self._template(code)

    def _program(self, code: str) -> None:
        self._codes.append(code)
        if _is_quiet(code):
            return
        for step in scripts.navigations(code):
            self._add(step.url, LinkKind.LOCATION if step.immediate else LinkKind.ONCLICK, "")
        if vsb.SIGN in code:
            self._calls.append(code)
        if any(sign in code for sign in jcms.SIGNS):
            self._plugs.append(code)
        says, pages = scripts.carried(code), self._pages(code)
        if any(says) or pages:  # few scripts carry links, so only theirs are freed of comments
            bare = scripts.uncommented(code)
            says, pages = scripts.carried(bare), self._pages(bare)
        for target in says.refreshes:
            self._add(target, LinkKind.REFRESH, "")
        self.listed += len(pages)
        for page in pages:
            self._add(page, LinkKind.PAGER, "")
        for link in says.written:
            self._add(link.url, LinkKind.FRAME if link.frame else LinkKind.SCRIPT, link.text)
        if "<![CDATA[" in code:
            self._template(code)
        self._listed(says.listed)

    def _pages(self, code: str) -> list[str]:
        return trs.script_pages(code, self._constants()) if trs.may_print(code) else []

    def _constants(self) -> dict[str, str]:
        for code in self._codes:
            self._known.update(scripts.variables(code))
        self._codes.clear()
        return self._known

    def _listed(self, found: Sequence[scripts.Listed]) -> None:
        for link in found:
            self.listed += self._add(link.url, LinkKind.SCRIPT, link.text)

    def _template(self, markup: str | None) -> None:
        """Anchors of a data store or template: HTML carried as text, parsed for itself."""
        if not markup or "href" not in markup or "<" not in markup:
            return
        if "<record" in markup:
            self._stores.append(jcms.read_store(markup))
        markup = markup[: self._template_room].replace("<![CDATA[", "").replace("]]>", "")
        self._template_room -= len(markup)
        for node in parse(markup).css("a[href], area[href]"):
            href = node.attributes.get("href") or ""
            group = node.parent.tag if node.parent is not None else ""
            if group in {"nextgroup", "pregroup"} or PLACEHOLDER.search(
                href
            ):  # jcms: where the next records are fetched
                continue
            if href.lstrip()[:11].lower().startswith(NOT_FOLLOWED):
                continue
            text = self._text(node, node.attributes)
            self.listed += self._add(href, LinkKind.SCRIPT, text)
            if (day := _day_beside(node, text)) and (found := _page(self._resolver, href)):
                self.days.setdefault(found[1], day)


def _day_beside(anchor: LexborNode, text: str) -> str:
    """The day in the row around an entry's anchor, outside its own words; '' where there is none."""
    row = anchor.parent
    while row is not None and row.tag not in ROWS:
        row = row.parent
    days = DAY.findall(words_of(row)[:MAX_ROW].replace(text, "", 1)) if row is not None else []
    return days[-1] if days else ""


@remembered(scripts.KEPT, scripts.KEPT_LENGTH)
def _is_quiet(code: str) -> bool:
    """Whether a program leads nowhere and carries nothing, as most do."""
    if vsb.SIGN in code or "<![CDATA[" in code or any(sign in code for sign in jcms.SIGNS):
        return False
    return not (scripts.navigations(code) or any(scripts.carried(code)) or trs.may_print(code))


def _page(base: Resolver, raw: str) -> tuple[str, str] | None:
    """URL and key of a link to a page; None for links that are not followed."""
    url = base.normalize(raw)
    return None if url is None or asset_url(url) else (url, key_of(url))


@lru_cache(maxsize=KEPT)
def _page_at(place: str, raw: str) -> tuple[str, str] | None:
    return _page(resolver(place), raw)


@remembered(KEPT, KEPT_HREF)
def _option_value(value: str) -> tuple[bool, bool]:
    """Whether an option's value is a URL whatever its select does, and whether it may be a relative one."""
    return OPTION_URL.fullmatch(value) is not None, RELATIVE_OPTION.fullmatch(value) is not None


def _short(text: str) -> str:
    return " ".join(text[: MAX_TEXT * 4].split())[:MAX_TEXT]
