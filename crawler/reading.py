"""What a capture says, whether it was fetched just now or comes back from the archive."""

from __future__ import annotations

import dataclasses
import re
from typing import Final
from urllib.parse import unquote, urlsplit

from cleaning.data import as_page_of
from cleaning.page import Link, LinkKind, Reading
from cleaning.read import read
from cleaning.urls import canonicalize, normalize
from crawler.items import Capture, header

_FILE_NAME: Final = re.compile(r"filename\*?=(?:\"|[\w-]*'')?([^\";]+)", re.IGNORECASE)


def read_capture(capture: Capture) -> Reading:
    """What a capture says.  A rendered page is its DOM, and whatever its own bytes link to besides."""
    return as_page_of(read_both(capture)[0], capture.list_of)


def read_both(capture: Capture) -> tuple[Reading, Reading, Reading | None]:
    """What a capture says, its bytes alone, and its DOM alone (None where it was not rendered).

    Scripts that fail half-way leave less than the server sent: then the bytes' text stands.  What is visible tells it, not
    the main text: of a page whose list is drawn, the bytes' main text is some longer part of their frame.
    """
    sent = read(capture.body, capture.url, content_type=header(capture.headers, "content-type"))
    if capture.dom is None:
        return sent, sent, None
    drawn = read(capture.dom, capture.url, content_type="text/html; charset=utf-8")
    links = {link.key: link for link in sent.links} | {link.key: link for link in drawn.links}
    for address, text in capture.found:
        url = normalize(capture.url, address)
        key = canonicalize(url) if url else None
        if url and key and key not in links:
            links[key] = Link(url, key, LinkKind.SCRIPT, text)
    better = drawn if len(drawn.visible) * 2 >= len(sent.visible) else sent
    return dataclasses.replace(better, links=tuple(links.values())), sent, drawn


def file_name(capture: Capture) -> str:
    """The name an attachment was sent under, else the end of its address."""
    named = _FILE_NAME.search(header(capture.headers, "content-disposition"))
    return unquote(named.group(1)) if named else urlsplit(capture.url).path.rpartition("/")[2]
