"""What the workers of a round know together of traps, and the table of what was cut.

Keys, behind the round's prefix:

| key | type | holds |
|---|---|---|
| `cuts` | hash | trap rule → links cut by it |
| `cut` | hash | `rule␟pattern` → JSON of how many links were cut and the first of them, at most 2,000 rows |
| `repeating` | set | families with links cut, on which the end of the round has to decide |
| `pat:{family}` | hash | pages (`n`) and repeating pages (`r`) of a URL family, halved as they grow |
| `pat:{family}:b` | hash | mark of what a page says → the first page that said it, at most 64 |
| `mint:{slot}` | hash | bare key → mark and page read first; `same` and `differ`: the evidence for a session mark |
| `mint:{slot}:t` | set of integers | tokens read, at most 2,000 |
| `sessions` | set | slots known to hold session marks |
| `texts` | hash | mark of a text → key of the first page that had it, at most 5,000 |
| `places` | hash | `mirror␟original` → how many pages agree, 0 while that is not settled; at most 200 |
| `alike:{mirror␟original}` | hash | side and tail → mark of the text; `same`, `differ`, `shown` |
| `unlike` | set | ids of pages that are fetched all the same: released, or without a like under the original |
| `allowed` | set | beginnings of patterns that an operator released for good |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from cleaning.mirrors import Alias
from crawler.frontier.batch import Batch, pairs
from crawler.frontier.contract import Cut

# Volume alone never cuts: only where most pages of a family repeat do their links inside it stay cut.
REPEATS: Final = 3
REPEATING_SHARE: Final = 0.6
REPEATING_RULE: Final = "repeating-pattern"  # as `cuts.lua` has it
PATTERNS_PER_PAGE: Final = 50  # of one rule; the table keeps 2,000 of a round, and a row costs Redis half a millisecond


@dataclass(frozen=True, slots=True)
class CutRow:
    """Links cut under one rule and pattern: how many, and the first of them as (url, page it stood on)."""

    rule: str
    pattern: str
    number: int
    first: tuple[tuple[str, str], ...]

    @property
    def host(self) -> str:
        """The host of the pattern; empty for the row that holds a rule's further patterns."""
        return self.pattern.partition("/")[0].partition(" ")[0].partition("?")[0]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a page that was read: it `repeats` its family; the key of another page with its text."""

    repeats: bool
    alike: str


def cut_rows(page: str, cuts: Iterable[Cut]) -> list[CutRow]:
    """Rows for what was cut on one page: the first link of each rule and pattern stands for the rest.

    Patterns beyond `PATTERNS_PER_PAGE` of a rule share a row without one, as in the whole table: a page of 100,000 links
    kept Redis busy for a minute.  Repeating families are told apart whatever their number, for they are decided on by name.
    """
    first: dict[tuple[str, str], str] = {}
    number: Counter[tuple[str, str]] = Counter()
    patterns: Counter[str] = Counter()
    for cut in cuts:
        name = (cut.rule, cut.pattern)
        if name not in first:
            if patterns[cut.rule] >= PATTERNS_PER_PAGE and cut.rule != REPEATING_RULE:
                name = (cut.rule, "")
            patterns[cut.rule] += 1
            first.setdefault(name, cut.link.url)
        number[name] += 1
    return [CutRow(*name, number[name], ((url, page),)) for name, url in first.items()]


class TrapBook:
    """The transitions that concern traps."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    async def cut_counts(self) -> Mapping[str, int]:
        """Links cut as traps, by rule."""
        found = pairs(await self._batch.command("HGETALL", self._key("cuts")))
        return {rule: int(number) for rule, number in found.items()}

    async def body_seen(self, family: str, mark: int, page: str, *, known: bool, text: int = 0, key: str = "") -> Seen:
        """A page was read that says `mark`, with a main text of mark `text` (0: none to speak of)."""
        repeats, alike = await self._batch.call("body", family, str(mark), page, int(known), str(text), key)
        return Seen(bool(repeats), alike if alike != key else "")

    async def alike(self, places: Alias, tail: str, *, mirrored: bool, text: int) -> bool:
        """A page under one of two places was read; True while the mirror is one."""
        side = "m" if mirrored else "o"
        return bool(await self._batch.call("alike", places.mirror, places.original, tail, side, str(text)))

    async def places(self) -> Mapping[Alias, int]:
        """Places that may mirror each other, with the pages that prove it; 0 while it is not settled."""
        found = pairs(await self._batch.command("HGETALL", self._key("places")))
        return {Alias(*name.split("\x1f")): int(number) for name, number in found.items()}

    async def unlike(self, pages: Sequence[str]) -> None:
        """These pages under a mirror are to be fetched: the original has none like them."""
        if pages:
            await self._batch.command("SADD", self._key("unlike"), *pages)

    async def is_unlike(self, page: str) -> bool:
        """Whether a page under a mirror is to be fetched all the same."""
        return bool(await self._batch.command("SISMEMBER", self._key("unlike"), page))

    async def minted(self, slot: str, page: Sequence[str], tokens: Sequence[str]) -> int:
        """A page with a minted address was read (see minted.lua): 1 its slot is a session mark, -1 never, 0 not known."""
        return int(await self._batch.call("minted", slot, *page, *tokens))

    async def minted_pages(self, slot: str, bare: Sequence[str]) -> list[str]:
        """Ids of the pages read first under these bare keys; empty where none was."""
        found = await self._batch.command("HMGET", self._key(f"mint:{slot}"), *(f"k{key}" for key in bare))
        return [(each or "").partition(":")[2] for each in found]

    async def session_slots(self) -> frozenset[str]:
        """Slots that hold session marks."""
        return frozenset(await self._batch.command("SMEMBERS", self._key("sessions")))

    async def count_cuts(self, page: str, rows: Iterable[CutRow]) -> None:
        """Add to the table of cuts what was cut on the page with this key."""
        words = [word for row in rows for word in (row.rule, row.pattern, row.number, row.first[0][0])]
        if words:
            await self._batch.call("cuts", page, *words)

    async def cut_rows(self) -> list[CutRow]:
        """The table of cuts, most first."""
        found = pairs(await self._batch.command("HGETALL", self._key("cut")))
        rows = []
        for name, text in found.items():
            rule, _, pattern = name.partition("\x1f")
            row = orjson.loads(text)
            rows.append(CutRow(rule, pattern, int(row["n"]), tuple((url, page) for url, page in row["first"])))
        return sorted(rows, key=lambda row: (-row.number, row.rule, row.pattern))

    async def families_to_decide(self) -> Mapping[str, bool]:
        """Families with links cut because a page repeated: True where most of their pages do, so that the cut stands."""
        decided = {}
        for family in sorted(await self._batch.command("SMEMBERS", self._key("repeating"))):
            pages, repeats = await self._batch.command("HMGET", self._key(f"pat:{family}"), "n", "r")
            decided[family] = int(repeats or 0) >= max(REPEATS, REPEATING_SHARE * int(pages or 0))
        return decided

    async def recall(self, families: Mapping[str, tuple[int, int]]) -> None:
        """Pages and repeating pages of families, where Redis lost them: without, their cut links would be offered again."""
        for family, (pages, repeats) in families.items():
            await self._batch.command("HSET", self._key(f"pat:{family}"), "n", pages, "r", repeats)

    async def decided(self, families: Iterable[str]) -> None:
        """The cut links of these families were offered again."""
        for family in families:
            await self._batch.command("SREM", self._key("repeating"), family)

    async def allowed(self) -> tuple[str, ...]:
        """Beginnings of patterns that are not cut any more."""
        return tuple(sorted(await self._batch.command("SMEMBERS", self._key("allowed"))))

    async def allow(self, pattern: str) -> None:
        """Patterns that begin so are not cut any more; workers hear of it within a second."""
        await self._batch.command("SADD", self._key("allowed"), pattern)

    def _key(self, name: str) -> str:
        return self._batch.prefix + name
