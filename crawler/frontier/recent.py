"""What one worker remembers of the seen-set, so that links which change nothing there are not sent again.

An entry says: within this epoch of Redis, the URL is known at this depth or a lesser one.  It stays true while the epoch
lasts, for in one life of the server nothing leaves the seen-set and depths only fall.  Every offer names the epoch its
omissions rest on, and the script refuses it under another one: no restart, loss or wipe can pass unnoticed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crawler.frontier.contract import Outlink

GENERATION: Final = 50_000  # URLs; two generations are kept, about 20 MB, and what is asked for again stays
NEVER: Final = 1 << 30  # the depth of a URL nothing is known of


@dataclass(frozen=True, slots=True)
class Parted:
    """The links of a page: to be sent, left out because they are known, left out because they are too deep."""

    sent: Sequence[Outlink]
    known: Sequence[Outlink]
    deep: Sequence[Outlink]


class RecentlySeen:
    """URLs with the depth they are known at or below; one epoch at a time."""

    def __init__(self, generation: int = GENERATION) -> None:
        self._generation = generation
        self._epoch = ""
        self._young: dict[str, int] = {}
        self._old: dict[str, int] = {}

    def enter(self, epoch: str) -> None:
        """Forget everything where the epoch is another one."""
        if epoch != self._epoch:
            self.clear()
            self._epoch = epoch

    def clear(self) -> None:
        """Forget everything."""
        self._young, self._old = {}, {}

    def part(self, links: Sequence[Outlink], depth: int, limit: int) -> Parted:
        """Part the links of a page at `depth`; all are to be sent where it is negative, that is not known."""
        if depth < 0:
            return Parted(links, (), ())
        sent, known, deep = [], [], []
        for link in links:
            there = depth + link.kind.cost
            if there > limit:
                deep.append(link)
            elif self._depth_of(link.key) <= there:
                known.append(link)
            else:
                sent.append(link)
        return Parted(sent, known, deep)

    def learn(self, links: Sequence[Outlink], depth: int, limit: int) -> None:
        """These links of a page at `depth` were pushed just now, in the epoch entered last."""
        for link in links:
            there = depth + link.kind.cost
            if there <= limit and there < self._depth_of(link.key):
                self._keep(link.key, there)

    def _depth_of(self, key: str) -> int:
        depth = self._young.get(key)
        if depth is None:
            depth = self._old.get(key)
            if depth is None:
                return NEVER
            self._keep(key, depth)
        return depth

    def _keep(self, key: str, depth: int) -> None:
        if len(self._young) >= self._generation:
            self._young, self._old = {}, self._young
        self._young[key] = depth
