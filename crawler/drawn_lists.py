"""Lists that a browser page was drawn from: which of its answers they stand in, and what their pages are.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final

from cleaning.cms import listing
from cleaning.data import pages_of
from cleaning.page import Link
from cleaning.urls import resolver
from crawler.items import DataResponse

HREF: Final = re.compile(r"<a\b[^<>]{0,400}?\shref=\"([^\"]{1,2000})\"", re.IGNORECASE)  # as Chromium writes its DOM
MAX_HREFS: Final = 5_000


@dataclass(frozen=True, slots=True)
class DrawnList:
    """How the list is asked for, how its entries' links are made ('': they carry them), and its further pages."""

    asked: listing.Asked
    template: str
    pages: tuple[Link, ...]


def drawn_lists(loaded: Iterable[DataResponse], links: Sequence[str]) -> list[DrawnList]:
    """Lists of several pages among the answers, whose entries the page's links (absolute URLs) lead to."""
    found = []
    for response in loaded:
        if response.status != 200 or response.body.lstrip()[:1] not in {b"{", b"["}:
            continue
        listed = listing.read_listing(response.body)
        if listed is None:
            continue
        asked = _asked(response)
        template, pages = _made_by(listed, links), pages_of(asked, listed, response.url)
        if template is not None and pages:
            found.append(DrawnList(asked, template, pages))
    return found


def are_asked_for(loaded: Iterable[DataResponse], dom: str, url: str) -> bool:
    """Whether the page's list need not be turned in the browser: its pages can be asked for without it."""
    base = resolver(url)
    hrefs = (unescape(found[1]) for found, _ in zip(HREF.finditer(dom), range(MAX_HREFS), strict=False))
    return bool(drawn_lists(loaded, [one for href in hrefs if (one := base.normalize(href))]))


def _made_by(found: listing.Listing, links: Sequence[str]) -> str | None:
    """The template of the links drawn from these entries, '' where the entries carry them; None where none was drawn."""
    template = listing.template_of(found, links)
    if template:
        return template
    ends = tuple(url.lstrip("./") for url, _ in listing.addresses(found, ""))
    return "" if ends and any(url.endswith(ends) for url in links) else None


def _asked(response: DataResponse) -> listing.Asked:
    kind = "" if not response.sent else "json" if response.sent.lstrip()[:1] == b"{" else "form"
    return listing.Asked(response.url, kind, response.sent)
