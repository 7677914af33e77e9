"""The link model: how a page of this web names another one, and what following it costs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Final


class Kind(StrEnum):
    """How the target is named."""

    ANCHOR = "anchor"
    AREA = "area"
    FRAME = "frame"
    OPTION = "option"
    ONCLICK = "onclick"
    SCRIPT = "script"  # a record of a script-carried list
    PAGER = "pager"  # printed by createPageHTML
    RENDERED = "rendered"  # in the document only after its scripts have run
    REFRESH = "refresh"  # <meta http-equiv="refresh">
    WRITTEN = "written"  # a meta refresh printed by document.write
    LOCATION = "location"  # an immediate location.href=
    REDIRECT = "redirect"  # 301, 302, 303, 307, 308

    @property
    def cost(self) -> int:
        """Clicks it costs."""
        return 0 if self in FREE else 1


FREE: Final = frozenset({Kind.REFRESH, Kind.WRITTEN, Kind.LOCATION, Kind.REDIRECT})

PLAIN: Final = frozenset(
    {Kind.ANCHOR, Kind.AREA, Kind.FRAME, Kind.OPTION, Kind.ONCLICK, Kind.REFRESH, Kind.REDIRECT},
)
"""Kinds that a reader without any script understanding sees in the HTML or in the answer's head."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link as printed: `href` is the raw attribute value, possibly relative."""

    kind: Kind
    href: str
    text: str = ""


def no_html() -> str:
    """The markup of a block that only carries links (a redirect's target)."""
    return ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page: its links, and the function that prints it (and them).

    Truth reads `links` and never prints; the server prints.  Both come from one constructor call.
    """

    links: tuple[Link, ...] = ()
    html: Callable[[], str] = no_html


def anchor(href: str, text: str) -> Link:
    """An ordinary link."""
    return Link(Kind.ANCHOR, href, text)


def a(link: Link, extra: str = "") -> str:
    """`<a href>` markup of a link."""
    return f'<a href="{escape(link.href)}"{extra}>{escape(link.text)}</a>'


def text(html: str) -> Block:
    """Markup without links."""
    return Block((), lambda: html)


def listing(links: list[Link], css: str = "list", dates: list[str] | None = None) -> Block:
    """`<ul>` of links, each with a date where given."""
    kept = tuple(links)

    def html() -> str:
        rows = []
        for index, link in enumerate(kept):
            date = f"<span>{dates[index]}</span>" if dates else ""
            rows.append(f"<li>{a(link, ' target=_blank')}{date}</li>")
        return f'<ul class="{css}">' + "\n".join(rows) + "</ul>"

    return Block(kept, html)


def paragraph_of(links: list[Link], label: str = "", css: str = "links") -> Block:
    """A line of links behind a label."""
    kept = tuple(links)
    return Block(kept, lambda: f'<p class="{css}">{label}' + " | ".join(a(link) for link in kept) + "</p>")
