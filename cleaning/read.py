"""Bytes in, Reading out: one HTML parse serves links, text, forms, hidden blocks and the page's type."""

from dataclasses import replace
from hashlib import sha256

from cleaning import content as contents
from cleaning import data, dates, fingerprints, forms, hidden, page_type, shell
from cleaning import meta as metas
from cleaning.cms import aspnet, jcms
from cleaning.cms.kinds import system_of
from cleaning.decode import Decoded, decode
from cleaning.headings import MAX_TITLE
from cleaning.language import language_of
from cleaning.links import PageLinks, base_url, read_links
from cleaning.lures import lures
from cleaning.marks import read_marks
from cleaning.media import media_of
from cleaning.outline import Outline, outline
from cleaning.page import NO_META, LinkKind, Media, PageType, Reading
from cleaning.parse import parse
from cleaning.urls import canonicalize

HEAD_TEXT = 4_000  # characters of the text in which a date of publishing or a source is looked for


def read(body: bytes, url: str, *, content_type: str = "") -> Reading:
    """Everything the page at `url` says.  Never raises; the same arguments give an equal Reading.

    A rendered DOM is read the same way (HTML in UTF-8).  `fault` tells what went wrong where reading failed.  A machine
    answer that holds a list is a page of its links.  Anything else has no text here: only its kind, and `text_hash` over its bytes.
    """
    key = canonicalize(url) or ""
    media = media_of(body, content_type, url)
    if media not in {Media.HTML, Media.DATA}:
        return _bare(body, url, key, media)
    decoded = decode(body, content_type)
    try:
        if media is Media.DATA:
            return _data(body, decoded, url, key)
        return _page(decoded, url, key)
    except Exception as error:  # noqa: BLE001  # a page nobody foresaw costs its text, never the worker
        fault = f"{type(error).__name__}: {error}"
        return Reading(url, key, media, decoded.charset, decoded.declared, "none", fault=fault)


def _bare(body: bytes, url: str, key: str, media: Media) -> Reading:
    return Reading(
        url=url,
        key=key,
        media=media,
        charset="",
        declared_charset="",
        language="none",
        page_type=PageType.ATTACHMENT if media is Media.ATTACHMENT else PageType.OTHER,
        text_hash="" if media is Media.EMPTY else sha256(body).hexdigest(),
    )


def _data(body: bytes, decoded: Decoded, url: str, key: str) -> Reading:
    records = jcms.page_of(decoded.text, url)
    if records is not None:
        return replace(
            _page(replace(decoded, text=records, utf8=None), url, key), media=Media.DATA, page_type=PageType.LIST
        )
    return data.read_json(body, decoded, url, key) or _bare(body, url, key, Media.DATA)


def _page(decoded: Decoded, url: str, key: str) -> Reading:
    tree = parse(decoded.text, decoded.utf8)
    page = outline(tree)
    base = base_url(page, url)
    meta = metas.read_meta(page)
    roots = hidden.hidden_roots(page, base)
    blocks = tuple(root.block for root in roots)
    content = contents.extract(hidden.without(tree, page, roots), url, meta)
    found = read_links(page, base, hidden=[target for block in blocks for target in block.links])
    asked = forms.read_forms(page, base, content.forms, asks=content.asks)
    kind = page_type.classify(url, content, asked, found.links)
    text = content.text if content.prose >= contents.WHOLE_TEXT else _with_listed(content.text, found)
    needs = None
    if kind is not PageType.ERROR:
        needs = shell.detect(tree, page, key, content.visible, content.text, found.links, found.listed)
    prints = fingerprints.prints(text)
    return Reading(
        url=url,
        key=key,
        media=Media.HTML,
        charset=decoded.charset,
        declared_charset=decoded.declared,
        language=language_of(content.text if len(content.text) > 40 else content.visible),
        # Headings on a home page are those of its parts: 更多 新闻中心.
        title=content.site_title[:MAX_TITLE] if kind is PageType.HOME and content.site_title else content.title,
        site_title=content.site_title,
        text=text,
        visible=content.visible,
        published=dates.published(meta, content.visible[:HEAD_TEXT], url, content.info),
        source=metas.source(meta, content.visible[:HEAD_TEXT]),
        column_path=content.column_path,
        meta=meta,
        links=found.links,
        hidden=blocks,
        lures=lures(page, base, found.links, content.prose),
        forms=asked,
        table_headers=content.table_headers,
        table_filled=content.table_filled,
        table_rows=content.table_rows,
        list_items=content.list_items,
        chrome=content.chrome,
        removed_ads=content.removed_ads,
        marks=read_marks(page),
        page_type=kind,
        system=system_of(url, (link.url for link in found.links if not link.hidden), _programs(page)),
        state=aspnet.state_of(page) if found.steps else NO_META,
        shell=needs,
        text_hash=fingerprints.text_hash(text),
        simhash=prints.simhash,
        sketch=prints.sketch,
        number_hash=fingerprints.number_hash(text),
    )


def _programs(page: Outline) -> list[str]:
    """Addresses and codes of the page's scripts."""
    return [script.given.get("src") or script.code for script in page.scripts]


def _with_listed(text: str, found: PageLinks) -> str:
    """The main text, and behind it the entries of a list that stands in a script: they are what the page shows."""
    listed = (link for link in found.links if link.kind is LinkKind.SCRIPT and link.text and link.text not in text)
    shown = [f"{link.text} {found.days.get(link.key, '')}".rstrip() for link in listed]
    return "\n".join([text, *shown]).strip() if shown else text
