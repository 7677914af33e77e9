"""Later editions of a web: what its owners changed since the first, by a known rule.

Edition 1 is the web as it always was.  In a later one some items are edited by one character, some are gone (404), hosts
have new pages that their home pages link to, and one department's host answers nothing at all.  Everything is drawn
from seed and edition, so that the same edition is the same web in every process.
"""

from dataclasses import replace
from typing import Final

from rehearsal import articles
from rehearsal.added import added_pages, added_path
from rehearsal.addresses import Ref, item_kind
from rehearsal.chance import number
from rehearsal.kinds import items
from rehearsal.links import Block, anchor, paragraph_of
from rehearsal.outline import Outline
from rehearsal.plan import Host, World

TOUCHED: Final = frozenset({"attached", "outside", "counter", "spelled", "session", "tracked"})
"""Kinds of items that may be edited or removed: articles of which no other page of the web is a copy."""

EDITED_IN: Final = 2
"""One in so many of these is edited, and one in `REMOVED_IN` of the others is gone."""
REMOVED_IN: Final = 12

PARTS: Final = 50
"""Parts of an item from this number on are the texts of new pages."""

_MARK: Final = "<p>　　"


def down_site(world: World) -> str:
    """The host of this edition that closes every connection, by its name without `www.`; none in the first."""
    if world.edition == 1 or world.all_up:
        return ""
    unit = world.units[number(world.seed, "down", world.edition) % len(world.units)]
    return unit.hosts[1].site  # a department that others do not lead through


def fate(world: World, host: Host, ref: Ref) -> str:
    """What became of an item since the first edition: '', edited or removed."""
    if world.edition == 1 or ref.kind != "item" or ref.c or ref.extra or host.role == "platform":
        return ""
    if host.site == down_site(replace(world, all_up=False)) or item_kind(world, host, ref.a, ref.b) not in TOUCHED:
        return ""
    lot = number(world.seed, "fate", world.edition, host.site, ref.a, ref.b)
    if lot % EDITED_IN == 0:
        return "edited"
    return "removed" if lot // EDITED_IN % REMOVED_IN == 0 else ""


def as_edited(world: World, host: Host, ref: Ref, page: Outline | None) -> Outline | None:
    """The page as this edition has it; None where it is gone."""
    if world.edition == 1 or page is None:
        return page
    if ref.kind == "home":
        return _with_news(world, host, page)
    became = fate(world, host, ref)
    if became == "removed":
        return None
    return replace(page, blocks=tuple(map(_edited, page.blocks))) if became == "edited" else page


def added(world: World, host: Host, ref: Ref) -> Outline:
    """A page that only this edition has."""
    found = articles.story(world, host, 0, 0, PARTS + ref.a)
    key = f"{host.site}:added:{ref.b}:{ref.a}"
    return Outline("article", found.title, (items.details(found), articles.body(found)), body_key=key, column=0)


def one_character(html: str) -> str:
    """The markup with the first character of its first paragraph changed; without a paragraph as it is."""
    head, mark, rest = html.partition(_MARK)
    if not mark or not rest:
        return html
    return f"{head}{mark}{'新' if rest[0] != '新' else '旧'}{rest[1:]}"


def _edited(block: Block) -> Block:
    return Block(block.links, lambda: one_character(block.html()))


def _with_news(world: World, host: Host, page: Outline) -> Outline:
    count = added_pages(world, host)
    if not count:
        return page
    links = [
        anchor(added_path(n, world.edition), articles.story(world, host, 0, 0, PARTS + n).title) for n in range(count)
    ]
    return replace(page, blocks=(*page.blocks, paragraph_of(links, "新增:", "xinzeng")))
