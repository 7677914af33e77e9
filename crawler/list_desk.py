"""A worker's dealings with lists that are asked for by steps of forms or answered in JSON.

What asking needs beyond the URL (a form's hidden fields, how an entry's link is made) was learned from another page,
maybe by another worker: it is kept in the store before the URLs that need it are offered.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from cleaning.cms import listing
from cleaning.cms.jcms import is_group
from cleaning.data import as_page_of, how_asked, with_entries
from cleaning.page import LinkKind, ListHead, Media, PageType, Reading
from cleaning.posted import TYPES, Query, Step, asked
from cleaning.urls import canonicalize
from crawler.drawn_lists import drawn_lists
from crawler.frontier.contract import Lease, Via
from crawler.items import Capture
from crawler.ports import OutlinkStore

REMEMBERED: Final = 500  # forms and templates, mostly under 20 KB each
STEP_FIELDS: Final = ("__EVENTTARGET", "__EVENTARGUMENT")


@dataclass(frozen=True, slots=True)
class Posted:
    """What is sent in place of a GET."""

    address: str
    content_type: str
    body: bytes


def address_of(url: str) -> str:
    """The address that is asked for the page with this name."""
    how = asked(url)
    return how.address if how is not None else url


class ListDesk:
    """Keeps what was learned, and uses it."""

    def __init__(self, round_name: str, store: OutlinkStore) -> None:
        self._round = round_name
        self._store = store
        self._known: OrderedDict[str, dict[str, str]] = OrderedDict()

    async def posted(self, url: str) -> Posted | None:
        """What is to be sent for this page; None where it is simply got, as where a site itself spells such a URL."""
        how = asked(url)
        if isinstance(how, Query):
            return Posted(how.address, TYPES[how.kind], how.body)
        if isinstance(how, Step):
            fields = await self._recall(_form_of(how.address))
            if fields is not None:
                sent = fields | dict(zip(STEP_FIELDS, (how.target, how.argument), strict=True))
                return Posted(how.address, TYPES["form"], urlencode(sent).encode())
        return None

    async def read(self, lease: Lease, capture: Capture, reading: Reading) -> Reading:
        """The reading with the links its lists lead to besides; what asking for them needs is kept when this returns."""
        if reading.state and asked(lease.url) is None:
            await self._keep(_form_of(lease.url), dict(reading.state))
        if capture.via is Via.BROWSER:
            return await self._drawn(capture, reading)
        if reading.media is Media.DATA and reading.page_type is PageType.LIST:
            known = await self._recall(_list_of(how_asked(lease.url))) or {}
            reading = as_page_of(with_entries(reading, capture.body, known.get("template", "")), _head_in(known))
        await self._name_groups(reading)
        return reading

    async def _name_groups(self, reading: Reading) -> None:
        """Keep of which list the groups of records are that the page leads to; a home page has lists of many names."""
        if reading.page_type is PageType.HOME or not reading.title:
            return
        groups = (link.url for link in reading.links if link.kind is LinkKind.PAGER and is_group(link.url))
        for name in sorted({_list_of(how_asked(url)) for url in groups}):
            if await self._recall(name) is None:
                await self._keep(name, _head_of(reading))

    async def _drawn(self, capture: Capture, reading: Reading) -> Reading:
        """Further pages of the lists that a page was drawn from: those whose entries its links lead to."""
        links = {link.key: link for link in reading.links}
        for found in drawn_lists(capture.loaded, [link.url for link in reading.links]):
            await self._keep(_list_of(found.asked), {"template": found.template} | _head_of(reading))
            links |= {page.key: page for page in found.pages if page.key not in links}
        return replace(reading, links=tuple(links.values())) if len(links) > len(reading.links) else reading

    async def _keep(self, name: str, fields: dict[str, str]) -> None:
        if self._known.get(name) != fields:
            await self._store.keep_list(self._round, name, fields)
            self._remember(name, fields)

    async def _recall(self, name: str) -> dict[str, str] | None:
        known = self._known.get(name)
        if known is None:
            found = await self._store.kept_list(self._round, name)
            known = dict(found) if found is not None else None
            if known is not None:
                self._remember(name, known)
        return known

    def _remember(self, name: str, fields: dict[str, str]) -> None:
        self._known[name] = fields
        self._known.move_to_end(name)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _head_of(reading: Reading) -> dict[str, str]:
    """What is kept of a list's own page, for answers with more of its entries."""
    return {"title": reading.title, "site_title": reading.site_title, "columns": "\n".join(reading.column_path)}


def _head_in(known: Mapping[str, str]) -> ListHead | None:
    if not known.get("title"):
        return None
    columns = tuple(filter(None, known.get("columns", "").split("\n")))
    return ListHead(known["title"], known.get("site_title", ""), columns)


def _form_of(address: str) -> str:
    return f"form {canonicalize(address) or address}"


def _list_of(how: listing.Asked) -> str:
    return f"list {listing.question(how)}"
