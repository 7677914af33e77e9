"""From an outline to the bytes on the wire."""

import json
from html import escape
from typing import Final

from rehearsal.addresses import Ref
from rehearsal.outline import Outline
from rehearsal.pages import charset_of, chrome
from rehearsal.plan import Host, World
from rehearsal.templates import layouts

DECLARED: Final = {
    "utf-8": ("utf-8", "utf-8"), "gbk": ("gbk", "gb2312"), "gbk-as-utf8": ("gbk", "utf-8"), "utf8-as-gb2312": ("utf-8", "gb2312"),
}  # fmt: skip
"""Charset policy -> (how the bytes are encoded, what header and meta declare)."""


def page_bytes(world: World, host: Host, ref: Ref, page: Outline) -> tuple[str, bytes]:
    """Content-Type and body of a page."""
    if page.answer.file:
        return page.answer.file()
    actual, declared = DECLARED[charset_of(world, host, ref, page)]
    shown = page.title + ("" if page.kind == "home" else f"-{host.title}")
    title = "".join(f"&#{ord(letter)};" for letter in page.title) if page.entities else escape(shown)
    head = layouts.head(host, page, declared, title)
    inner = "\n".join(block.html() for block in page.blocks) if page.frame != "shell" else ""
    if page.frame == "page":
        aside = "\n".join(block.html() for block in page.aside)
        html = layouts.framed(host, page, inner, aside, chrome(world, host), head)
    elif page.frame == "frameset":
        html = layouts.frameset(inner, head)
    elif page.frame == "shell":
        html = layouts.shell(head)
    else:
        html = layouts.bare(page, inner, head)
    # half of the mis-declaring pages lie in the meta tag only: the header then names no charset at all
    silent = declared != actual and ref.b % 2
    content_type = "text/html" if silent else f"text/html; charset={declared}"
    return content_type, html.encode("gb18030" if actual == "gbk" else actual)


def payload_bytes(page: Outline) -> bytes:
    """What the page's script fetches, as JSON."""
    assert page.payload is not None
    return json.dumps(page.payload(), ensure_ascii=False).encode()
