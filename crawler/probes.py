"""How a host answers for a made-up address, and when that tells its error pages from its real ones.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from cleaning.page import Media, PageType
from cleaning.soft404 import print_of
from cleaning.urls import canonicalize
from crawler.frontier.probes import Print

HONEST: Final = frozenset({404, 410})
MOST_HOPS: Final = 5  # redirects followed within the host, as for robots.txt
MOST_LINKS: Final = 300  # of the answer kept: an error page's frame
TELLING_SHARE: Final = 0.5  # more of a host's pages than this answering alike: an application, not its error page
FIELDS: Final = (
    "key",
    "host",
    "title",
    "site_title",
    "text",
    "media",
    "depth",
    "page_type",
)  # of a record, to compare it


class Answered(StrEnum):
    """What came of a probe: closed."""

    HONEST = "honest"  # 404 or 410: nothing to do
    SOFT = "soft"  # 200: its print is the host's
    SAME = "same"  # 200, but the home page or most pages of the host have the same print: it says nothing
    MUTE = "mute"  # 200, but no text to compare: a file, a script shell, too little
    BARRED = "barred"  # by robots.txt: not asked
    FAILED = "failed"  # no answer, another status, or led away from the host


@dataclass(frozen=True, slots=True)
class Probed:
    """One host's probe, as it is kept with the round."""

    host: str
    url: str  # the made-up address
    answered: Answered
    status: int  # 0: none
    at: float  # seconds since the epoch
    found: Print | None = None  # where the answer could be compared


@dataclass(slots=True)
class Likes:
    """Pages of a host, compared one by one: how many were, how many have the print, and whether the home page does."""

    pages: int = 0
    alike: int = 0
    home: bool = False

    def add(self, found: Print, record: Mapping[str, Any]) -> bool:
        """Compare a stored page, with `FIELDS` of its record; True where it has the print."""
        if record["media"] != Media.HTML:
            return False
        self.pages += 1
        if print_of(record["key"], record["title"], record["site_title"], record["text"]) != found.mark:
            return False
        self.alike += 1
        self.home |= is_home(record)
        return True

    @property
    def telling(self) -> bool:
        """Whether the print tells error pages from others."""
        return not self.home and self.alike <= TELLING_SHARE * self.pages


def is_home(record: Mapping[str, Any]) -> bool:
    """A door of its site: a seed or where it leads, the host's root, or what looks like a home page."""
    return bool(
        record["depth"] == 0
        or record["page_type"] == PageType.HOME
        or record["key"] == canonicalize(f"http://{record['host']}/")
    )


def is_error(found: Print, record: Mapping[str, Any]) -> bool:
    """Whether a page with the print is an error page: where a redirect leads may be a page of its own (log in, site map)."""
    return bool(record["key"] != found.target)
