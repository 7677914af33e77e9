"""A page that an earlier round has: how it is asked for again, and when it has not changed.  Pure.

Only what came by HTTP can be told unchanged: a page drawn by scripts shows what its data answers say, and no validator
of its own bytes speaks for those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crawler.items import ArchiveRef, Capture, Carried, Unchanged

NOT_MODIFIED: Final = 304
WHOLE: Final = "asked whole: "  # begins the note of a page that is not to be asked for by condition again


class How(StrEnum):
    """How it is known that a page has not changed: closed."""

    NOT_MODIFIED = "not-modified"  # its server says so (304)
    SAME_BYTES = "same-bytes"  # it came whole, and is the same


@dataclass(frozen=True, slots=True)
class Before:
    """A page as the earlier round has it.  `holder` is the round whose archive holds its bytes, `since` when it fetched them."""

    round: str
    key: str
    etag: str
    modified: str
    sha256: str
    archive: ArchiveRef
    holder: str
    since: float
    carried: Carried | None  # None where it was judged by other rules than ours

    def unchanged(self, how: How) -> Unchanged:
        """What goes with the page that was found to be the same."""
        return Unchanged(self.holder, self.since, how.value, self.archive, self.carried)


def conditions(before: Before | None, note: str) -> Mapping[str, str]:
    """The headers by which it is asked for only if it has changed (RFC 9110, 13.1); none where nothing is known of it."""
    if before is None or note.startswith(WHOLE):
        return {}
    asked = {"If-None-Match": before.etag, "If-Modified-Since": before.modified}
    return {name: value for name, value in asked.items() if value and value.isascii() and value.isprintable()}


def same_bytes(before: Before | None, capture: Capture) -> Unchanged | None:
    """Whether a page that came whole is the earlier one."""
    if before is None or capture.dom is not None or hashlib.sha256(capture.body).hexdigest() != before.sha256:
        return None
    return before.unchanged(How.SAME_BYTES)
