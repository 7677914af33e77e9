"""All links of a page, in document order, one per key.

Read: a, area, frame, iframe, option, event attributes, `javascript:` links, meta refresh, and what inline scripts carry
(navigations, lists, pagers, templates).  Never read: HTML comments, conditional comments included.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleaning import pagers, scripts
from cleaning.media import asset_url
from cleaning.page import Link, LinkKind
from cleaning.parse import parse
from cleaning.urls import Resolver, canonicalize, key_of, resolver

MAX_LINKS: Final = 200_000
MAX_TEXT: Final = 200  # characters of anchor text
TEXT_BUDGET: Final = 4_000_000  # characters gathered for all anchors; nested handlers would make it quadratic
MAX_TEMPLATES: Final = 4_000_000  # characters of all templates that are parsed again

SELECTOR: Final = (
    "a, area, iframe, frame, option, script, meta[http-equiv], template, textarea, xmp, "
    "body[onload], [onclick], [ondblclick], [data-href]"
)
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
SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PageLinks:
    """`listed`: links that a pager, data store, template or list in a script gave; `cut`: links over the limit."""

    links: tuple[Link, ...]
    listed: int
    cut: int


def base_url(tree: LexborHTMLParser, url: str) -> str:
    """What the page's links are relative to: its first `<base href>`, else its own URL."""
    base = tree.css_first("base[href]")
    if base is None:
        return url
    return resolver(url).normalize(base.attributes.get("href") or "") or url


def read_links(tree: LexborHTMLParser, url: str, *, hidden: Collection[str] = ()) -> PageLinks:
    """Every link of the page at `url`.  `hidden`: absolute URLs that stand in blocks no visitor can see."""
    reader = _Reader(base_url(tree, url))
    reader.walk(tree)
    links = reader.links.values()
    if hidden:
        keys = {key for target in hidden if (key := canonicalize(target))}
        return PageLinks(
            tuple(replace(ln, hidden=True) if ln.key in keys else ln for ln in links), reader.listed, reader.cut
        )
    return PageLinks(tuple(links), reader.listed, reader.cut)


class _Reader:
    """Collects the links of one page; the first spelling of a key stays unless a cheaper kind names it too."""

    def __init__(self, base: str) -> None:
        self.links: dict[str, Link] = {}
        self.listed = 0
        self.cut = 0
        self._resolver: Resolver = resolver(base)
        self._raw: set[str] = set()  # anchors already added, as spelled: menus repeat them
        self._budget = TEXT_BUDGET
        self._known: dict[str, str] = {}  # constants of the programs so far: a pager's numbers may be set earlier
        self._codes: list[str] = []  # programs whose constants nobody has asked for yet
        self._handlers: list[str] = []
        self._selects: dict[int, bool] = {}
        self._template_room = MAX_TEMPLATES

    def walk(self, tree: LexborHTMLParser) -> None:
        for node in tree.css(SELECTOR):
            tag = node.tag or ""
            if tag == "a":
                self._anchor(node)
            else:
                self._other(node, tag)
        hrefs = [ln.url for ln in self.links.values()] if self._handlers else []
        for page in pagers.jump_pages(self._handlers, hrefs):
            self._add(page, LinkKind.PAGER, "")

    def _add(self, raw: str, kind: LinkKind, text: str) -> bool:
        url = self._resolver.normalize(raw)
        if url is None or asset_url(url):
            return False
        key = key_of(url)
        held = self.links.get(key)
        if held is None:
            if len(self.links) >= MAX_LINKS:
                self.cut += 1
                return False
            self.links[key] = Link(url, key, kind, _short(text))
        elif kind.cost < held.cost:
            self.links[key] = Link(url, key, kind, held.text or _short(text))
        elif text and not held.text:
            self.links[key] = replace(held, text=_short(text))
        return True

    def _anchor(self, node: LexborNode, kind: LinkKind = LinkKind.ANCHOR) -> None:
        attributes = node.attributes
        href = attributes.get("href")
        if href and href not in self._raw:
            self._href(node, href, kind, attributes)
        if "onclick" in attributes:
            self._handler(node, attributes.get("onclick"))

    def _href(self, node: LexborNode, href: str, kind: LinkKind, attributes: dict[str, str | None]) -> None:
        start = href.lstrip()[:11].lower()
        if start.startswith("javascript:"):
            self._handler(node, scripts.javascript_code(href))
        elif start and not start.startswith(NOT_FOLLOWED):
            text = self._text(node, attributes)
            if text:
                self._raw.add(href)
            self._add(href, kind, text)

    def _text(self, node: LexborNode, attributes: dict[str, str | None]) -> str:
        if self._budget > 0:
            text = node.text()
            self._budget -= len(text)
            if text and (text := text.strip()):
                return text
            image = node.css_first("img[alt]")
            if image is not None and (alt := image.attributes.get("alt")):
                return alt
        return attributes.get("title") or attributes.get("alt") or ""

    def _handler(self, node: LexborNode, code: str | None) -> None:
        if not code:
            return
        if "_gotopage_fun" in code:
            self._handlers.append(code)
        for target in scripts.handler_urls(code):
            self._add(target, LinkKind.ONCLICK, self._text(node, node.attributes))

    def _other(self, node: LexborNode, tag: str) -> None:
        if tag == "script":
            self._script(node)
        elif tag == "option":
            self._option(node)
        elif tag in {"iframe", "frame"}:
            source = node.attributes.get("src")
            if source and not source.lstrip()[:11].lower().startswith(NOT_FOLLOWED):
                self._add(source, LinkKind.FRAME, node.attributes.get("title") or node.attributes.get("name") or "")
        elif tag == "area":
            self._anchor(node, LinkKind.AREA)
        elif tag == "meta":
            self._meta(node)
        elif tag in {"textarea", "xmp", "template"}:
            self._template((node.html or "").partition(">")[2] if tag == "template" else node.text())
        if tag not in {"script", "meta", "option", "area"}:
            self._events(node, tag)

    def _events(self, node: LexborNode, tag: str) -> None:
        attributes = node.attributes
        if tag == "body" and (code := attributes.get("onload")):
            for step in scripts.navigations(code):
                self._add(step.url, LinkKind.LOCATION if step.immediate else LinkKind.ONCLICK, "")
        self._handler(node, attributes.get("onclick"))
        self._handler(node, attributes.get("ondblclick"))
        target = attributes.get("data-href")
        if target and scripts.LOOKS_LIKE_URL.fullmatch(target):
            self._add(target, LinkKind.ONCLICK, self._text(node, attributes))

    def _meta(self, node: LexborNode) -> None:
        attributes = node.attributes
        content = attributes.get("content") or ""
        if (attributes.get("http-equiv") or "").strip().lower() == "refresh" and "url" in content.lower():
            found = REFRESH.match(content)
            if found:
                self._add(found[1], LinkKind.REFRESH, "")

    def _option(self, node: LexborNode) -> None:
        value = (node.attributes.get("value") or "").strip()
        if len(value) < 2 and value != "/":
            return
        if OPTION_URL.fullmatch(value) or (RELATIVE_OPTION.fullmatch(value) and self._navigates(node)):
            self._add(value, LinkKind.OPTION, self._text(node, node.attributes))

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

    def _script(self, node: LexborNode) -> None:
        code = node.text()
        if not code or code.isspace():
            return
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        if kind in PROGRAM_TYPES:
            self._program(code)
        elif kind in DATA_TYPES:
            self._listed(scripts.listed_links(code))
        else:
            self._template(code)

    def _program(self, code: str) -> None:
        for step in scripts.navigations(code):
            self._add(step.url, LinkKind.LOCATION if step.immediate else LinkKind.ONCLICK, "")
        self._codes.append(code)
        found = self._carried(code)
        if any(found):  # few scripts carry links, so only theirs are freed of comments
            found = self._carried(scripts.uncommented(code))
        refreshes, pages, written, listed = found
        for target in refreshes:
            self._add(target, LinkKind.REFRESH, "")
        self.listed += len(pages)
        for page in pages:
            self._add(page, LinkKind.PAGER, "")
        for link in written:
            self._add(link.url, LinkKind.FRAME if link.frame else LinkKind.SCRIPT, link.text)
        if "<![CDATA[" in code:
            self._template(code)
        self._listed(listed)

    def _carried(self, code: str) -> tuple[list[str], list[str], list[scripts.Listed], list[scripts.Listed]]:
        return (
            scripts.written_refreshes(code),
            pagers.script_pages(code, self._constants()) if pagers.may_print(code) else [],
            scripts.written_links(code),
            scripts.listed_links(code),
        )

    def _constants(self) -> dict[str, str]:
        for code in self._codes:
            self._known.update(scripts.variables(code))
        self._codes.clear()
        return self._known

    def _listed(self, found: list[scripts.Listed]) -> None:
        for link in found:
            self.listed += self._add(link.url, LinkKind.SCRIPT, link.text)

    def _template(self, markup: str | None) -> None:
        """Anchors of a data store or template: HTML carried as text, parsed for itself."""
        if not markup or "href" not in markup or "<" not in markup:
            return
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
            self.listed += self._add(href, LinkKind.SCRIPT, self._text(node, node.attributes))


def _short(text: str) -> str:
    return SPACE.sub(" ", text[: MAX_TEXT * 4]).strip()[:MAX_TEXT]
