"""The record of one page before it is printed: what the server answers, what truth knows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from rehearsal.links import Block, Kind, Link


@dataclass(frozen=True, slots=True)
class Answer:
    """How the server answers, when not at once with 200 and the page."""

    status: int = 200
    location: str = ""  # for redirects
    flaps: int = 0  # requests that fail before the page comes
    flap_status: int = 500
    retry_after: int = 0  # seconds, printed with the failure
    delay: float = 0.0  # seconds before the head
    stall: str = ""  # head: nothing after the head; half: silence in the middle of the body
    file: Callable[[], tuple[str, bytes]] | None = None  # Content-Type and bytes of an attachment


@dataclass(frozen=True, slots=True)
class Outline:
    """One page: its links are those of its blocks, and of the host's chrome when `frame` is page."""

    kind: str
    title: str
    blocks: tuple[Block, ...] = ()
    verdict: str = "kept"
    body_key: str = ""  # pages of one unit with the same key are copies of each other
    points: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    needs_browser: bool = False
    answer: Answer = field(default_factory=Answer)
    frame: str = "page"  # page | bare | frameset | shell
    head: str = ""  # further markup for <head>
    meta: tuple[tuple[str, str], ...] = ()
    charset: str = ""  # overrides the host's
    column: int = -1  # for breadcrumb and side navigation
    entities: bool = False  # the title is printed in numeric entities
    payload: Callable[[], dict[str, object]] | None = None  # what its scripts fetch
    aside: tuple[Block, ...] = ()  # stands outside the main text


NOT_STORED: Final = frozenset({"dead", "flapping-dead", "stalled", "loop", "redirect", "robots", "trap"})


def redirect(href: str, status: int, features: tuple[str, ...], kind: str = "redirect") -> Outline:
    """A URL that only sends elsewhere."""
    link = Link(Kind.REDIRECT, href)
    return Outline(
        kind, "", (Block((link,)),), features=features, frame="bare", answer=Answer(status=status, location=href)
    )
