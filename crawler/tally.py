"""What a round comes to by kind of record, counted as it goes: the figures a report is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cleaning.page import LinkKind, Media
from crawler.frontier.contract import Lease, Via
from crawler.items import PageItem


class RecordKind(StrEnum):
    """Closed; docs/commands.md says what each counts."""

    HTTP = "http"  # requests by HTTP, however they ended
    BROWSER = "browser"  # pages opened in the browser
    ROBOTS = "robots"  # robots.txt, and made-up addresses asked for
    PAGES = "pages"  # stored
    ATTACHMENTS = "attachments"  # of these, documents that are no web page
    UNREAD = "unread"  # attachments whose text is missing or not whole: scans, locked, broken, of no known type
    LINKS = "links"  # on stored pages, each address once a page
    LIST_ROWS = "list_rows"  # entries of lists and rows of tables
    FIELDS = "fields"  # of forms
    TAGS = "tags"  # pieces of evidence for points
    ARCHIVE_BYTES = "archive_bytes"  # as they lie in the archive


def page_kinds(item: PageItem) -> Counter[str]:
    """What one stored page adds."""
    reading = item.reading
    scripted = sum(1 for link in reading.links if link.kind is LinkKind.SCRIPT)
    return Counter(
        {
            RecordKind.PAGES: 1,
            RecordKind.ATTACHMENTS: int(reading.media is Media.ATTACHMENT),
            RecordKind.UNREAD: int(reading.media is Media.ATTACHMENT and bool(reading.note)),
            RecordKind.LINKS: len(reading.links),
            RecordKind.LIST_ROWS: max(reading.list_items, scripted) + reading.table_rows,
            RecordKind.FIELDS: sum(len(form.fields) for form in reading.forms),
            RecordKind.TAGS: len(item.tags),
            RecordKind.ARCHIVE_BYTES: 0 if item.unchanged is not None else _archived(item),
        }
    )


def _archived(item: PageItem) -> int:
    own = sum(ref.length for ref in (item.archive, item.dom_archive) if ref is not None)
    return own + sum(one.archive.length for one in item.loaded if not one.again)


SYSTEM: Final = "system:"  # begins the names under which a host's pages are counted by the system that made them


def system_of_host(kinds: Mapping[str, int]) -> str:
    """The content management system that made most of a host's pages; '' where none is known."""
    systems = {name.removeprefix(SYSTEM): number for name, number in kinds.items() if name.startswith(SYSTEM)}
    return max(systems, key=lambda name: (systems[name], name), default="")


class Tally:
    """One worker's counts since they were last handed over, by host."""

    def __init__(self) -> None:
        self._hosts: dict[str, Counter[str]] = {}

    def page(self, item: PageItem) -> None:
        """A page was stored and acked."""
        counts = self._of(item.lease.host)
        counts.update(page_kinds(item))
        if item.reading.system:
            counts[f"{SYSTEM}{item.reading.system}"] += 1

    def asked(self, lease: Lease) -> None:
        """A page was requested."""
        self._of(lease.host)[RecordKind.BROWSER if lease.via is Via.BROWSER else RecordKind.HTTP] += 1

    def robots(self, lease: Lease) -> None:
        """What is no page was requested."""
        self._of(lease.host)[RecordKind.ROBOTS] += 1

    def taken(self) -> dict[str, Counter[str]]:
        """Hand over what was counted, and begin anew."""
        taken, self._hosts = self._hosts, {}
        return taken

    def put_back(self, hosts: dict[str, Counter[str]]) -> None:
        """Handing over failed: they are counted with the next."""
        for host, counts in hosts.items():
            self._of(host).update(counts)

    def _of(self, host: str) -> Counter[str]:
        return self._hosts.setdefault(host, Counter())
