"""The truth about a web: every page found by walking the generator's own link model, breadth first."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal import editions, guards, pages
from rehearsal.addresses import Place, canonical, locate, resolve
from rehearsal.links import Kind, Link
from rehearsal.outline import NOT_STORED, Outline
from rehearsal.plan import World

BEYOND: Final = 2
"""Clicks past the limit that are listed, so that a crawler which goes too deep is seen to."""


@dataclass(slots=True)
class Found:
    """One page as the walk knows it."""

    place: Place
    depth: int
    kind: str = "dead"
    verdict: str = "kept"
    body_key: str = ""
    points: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    needs_browser: bool = False
    spellings: set[str] = field(default_factory=set)
    done: bool = False

    @property
    def stored(self) -> bool:
        """Whether it belongs in the stored set, depth aside."""
        return self.kind not in NOT_STORED


class Walk:
    """A breadth-first walk in which free links stay on the same level."""

    def __init__(self, world: World, depth: int, kinds: Collection[Kind]) -> None:
        self.world = world
        self.limit = depth
        self.kinds = kinds
        self.found: dict[str, Found] = {}
        self._cache: dict[str, Place | None] = {}
        self._down = editions.down_site(world)

    def run(self) -> dict[str, Found]:
        """Every page within the limit, by key."""
        queue: deque[str] = deque()
        for unit in self.world.units:
            for seed in unit.seeds:
                self._offer(queue, seed, 0, free=False)
        while queue:
            key = queue.popleft()
            page = self.found[key]
            if page.done:
                continue
            page.done = True
            for link, url in self._links(page):
                depth = page.depth + link.kind.cost
                if depth <= self.limit:
                    self._offer(queue, url, depth, free=link.kind.cost == 0)
        return self.found

    def _offer(self, queue: deque[str], url: str, depth: int, *, free: bool) -> None:
        if url in self._cache:
            place = self._cache[url]
        else:
            place = self._cache[url] = locate(self.world, url)
        if place is None:
            return
        known = self.found.get(place.key)
        if known is None:
            known = self.found[place.key] = Found(place, depth)
        elif depth >= known.depth:
            known.spellings.add(url)
            return
        known.depth = depth
        known.spellings.add(url)
        known.done = False
        if free:
            queue.appendleft(place.key)
        else:
            queue.append(place.key)

    def _links(self, page: Found) -> Iterator[tuple[Link, str]]:
        place = page.place
        if place.host is None or place.ref is None:
            page.features = ("dead-host",) if place.host is None else ("dead-404",)
            return
        if place.host.site == self._down:
            page.features = ("dead-host",)
            return
        outline = pages.outline(self.world, place.host, place.ref)
        if outline is None:
            page.features = ("dead-404",)
            return
        self._note(page, outline)
        if outline.kind in {"robots", "dead", "flapping-dead", "stalled"}:
            return
        base = canonical(place)
        for link in pages.links_of(self.world, place.host, outline):
            if link.kind in self.kinds:
                yield link, self._absolute(base, place, link.href)

    def _absolute(self, base: str, place: Place, href: str) -> str:
        assert place.host is not None
        if href.startswith("/") and "#" not in href and ".." not in href:
            return place.host.origin + href
        return resolve(base, href)

    def _note(self, page: Found, outline: Outline) -> None:
        place = page.place
        assert place.host is not None
        assert place.ref is not None
        page.kind, page.verdict, page.body_key = outline.kind, outline.verdict, outline.body_key
        page.points, page.needs_browser = outline.points, outline.needs_browser
        features = set(outline.features) | {
            f"kind-{link.kind.value}" for block in (*outline.blocks, *outline.aside) for link in block.links
        }
        if page.stored and outline.kind != "attachment":
            features.add("charset-" + pages.charset_of(self.world, place.host, place.ref, outline))
        guard = guards.guard_of(self.world, place.host)
        page.features = tuple(sorted({*features, guard} - {""}))


def walk(world: World, depth: int, kinds: Collection[Kind] = frozenset(Kind)) -> dict[str, Found]:
    """Every page within `depth` clicks, by key (host without www, path, query), following links of `kinds`."""
    return Walk(world, depth, kinds).run()


def settled(found: dict[str, Found]) -> dict[str, str]:
    """Copies within a unit: key of each copy -> key of its representative."""
    groups: defaultdict[tuple[int, str], list[Found]] = defaultdict(list)
    for page in found.values():
        if page.stored and page.verdict == "kept" and page.body_key and page.place.host:
            groups[page.place.host.unit, page.body_key].append(page)
    out = {}
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda page: (page.depth, page.place.key))
            out.update({page.place.key: group[0].place.key for page in group[1:]})
    return out


def aliases(page: Found) -> list[str]:
    """Every spelling met, and the page's own under both schemes, with and without www."""
    place = page.place
    own = [f"{scheme}://{www}{place.key}" for scheme in ("http", "https") for www in ("", "www.")]
    return sorted({*page.spellings, *own, canonical(place)})


def rows(world: World, depth: int = 6) -> Iterator[dict[str, Any]]:
    """The truth, page by page, up to `depth` + 2 clicks; `stored` is true only within `depth`."""
    found = walk(world, depth + BEYOND)
    copies = settled({key: page for key, page in found.items() if page.depth <= depth})
    deeper = settled(found)
    for key, page in found.items():
        if page.kind == "trap" and page.depth > depth:
            continue  # they only multiply
        copy = copies.get(key) if page.depth <= depth else deeper.get(key)
        verdict = "duplicate" if copy else page.verdict
        yield {
            "url": canonical(page.place),
            "aliases": aliases(page),
            "unit": world.units[page.place.host.unit].code if page.place.host else None,
            "depth": page.depth,
            "kind": page.kind,
            "stored": page.stored and page.depth <= depth,
            "needs_browser": page.needs_browser,
            "verdict": verdict if page.stored else None,
            "duplicate_of": canonical(found[copy].place) if copy else None,
            "points": list(page.points),
            "features": list(page.features),
        }
