"""Machine answers that hold a list, read as the page of links they are: data stores of jcms, lists in JSON."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

from cleaning import fingerprints
from cleaning.cms import listing
from cleaning.decode import Decoded
from cleaning.language import language_of
from cleaning.page import Link, LinkKind, ListHead, Media, PageType, Reading
from cleaning.posted import Query, asked
from cleaning.urls import key_of, resolver

MAX_TEXT: Final = 200  # characters of a link's text


def read_json(body: bytes, decoded: Decoded, url: str, key: str) -> Reading | None:
    """The list in an answer of JSON as a page: its entries' names, and the addresses they carry; None for no list."""
    found = listing.read_listing(body)
    if found is None:
        return None
    text = "\n".join(" ".join(title.split()) for title in listing.titles(found))
    prints = fingerprints.prints(text)
    return Reading(
        url=url,
        key=key,
        media=Media.DATA,
        charset=decoded.charset,
        declared_charset=decoded.declared,
        language=language_of(text),
        text=text,
        visible=text,
        links=entries_of(found, url, ""),
        list_items=len(found.entries),
        page_type=PageType.LIST,
        text_hash=fingerprints.text_hash(text) if text else sha256(body).hexdigest(),
        simhash=prints.simhash,
        sketch=prints.sketch,
        number_hash=fingerprints.number_hash(text),
    )


def with_entries(reading: Reading, body: bytes, template: str) -> Reading:
    """The reading of a list in JSON with the links that `template` makes of its entries, and the pages behind it.

    Those before it are known to the page that led here.
    """
    found = listing.read_listing(body)
    if found is None:
        return reading
    links = entries_of(found, reading.url, template) if template else reading.links
    behind = listing.further(how_asked(reading.url), found, onward=True)
    return replace(reading, links=_joined(links, _pages(behind, reading.url)))


def as_page_of(reading: Reading, head: ListHead | None) -> Reading:
    """An answer that holds entries and no name of its own, as the page of the list with this head."""
    if head is None or reading.media is not Media.DATA or reading.page_type is not PageType.LIST or reading.title:
        return reading
    return replace(reading, title=head.title, site_title=head.site_title, column_path=head.column_path)


def entries_of(found: listing.Listing, url: str, template: str) -> tuple[Link, ...]:
    """A link for each entry that leads somewhere."""
    return _links(listing.addresses(found, template), url, LinkKind.SCRIPT)


def pages_of(how: listing.Asked, found: listing.Listing, url: str) -> tuple[Link, ...]:
    """A link for each further page of the list."""
    return _pages(listing.further(how, found), url)


def _pages(urls: Sequence[str], url: str) -> tuple[Link, ...]:
    return _links([(one, "") for one in urls], url, LinkKind.PAGER)


def how_asked(url: str) -> listing.Asked:
    """How the answer with this name is asked for."""
    how = asked(url)
    return listing.Asked(how.address, how.kind, how.body) if isinstance(how, Query) else listing.Asked(url)


def _links(pairs: Sequence[tuple[str, str]], url: str, kind: LinkKind) -> tuple[Link, ...]:
    base = resolver(url)
    found = ((base.normalize(raw), text) for raw, text in pairs)
    return _joined([Link(one, key_of(one), kind, " ".join(text.split())[:MAX_TEXT]) for one, text in found if one])


def _joined(*groups: Sequence[Link]) -> tuple[Link, ...]:
    """Each key once, its first link."""
    links: dict[str, Link] = {}
    for group in groups:
        for link in group:
            links.setdefault(link.key, link)
    return tuple(links.values())
