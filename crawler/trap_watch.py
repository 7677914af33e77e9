"""What a worker knows of traps that only their pages give away: repeating families and session marks.

Nothing here looks at volume.  Links are cut first and asked about later: a family's cut links are offered again when the
round would end and the family turned out to repeat only now and then (`rounds.release`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Final

from cleaning.mirrors import Alias, alias_of, tail_of, text_mark
from cleaning.page import Reading
from cleaning.patterns import Minted, minted_of
from cleaning.sayings import Said, Sayings, sayings
from cleaning.urls import canonicalize, fingerprint
from crawler.frontier.contract import Lease
from crawler.frontier.ids import split_key
from crawler.frontier.traps import TrapBook
from crawler.outlinks import NOTHING, Repeats
from crawler.plan import RoundPlan

HEARD_SECONDS: Final = 1.0  # how old what other workers learned may be
MOST_TOKENS: Final = 200  # of one page's links
MOST_REFUTED: Final = 5_000  # slots known to be no session marks


def short(text: str) -> str:
    """48 bits as decimal digits: for what is compared within one family or slot only."""
    return str(fingerprint(text) >> 80)


class TrapWatch:
    """One worker's part; what has to be shared stands in Redis."""

    def __init__(self, book: TrapBook, plan: RoundPlan) -> None:
        self._book = book
        self._seeds = frozenset(key for unit in plan.units for seed in unit.seeds if (key := canonicalize(seed)))
        self._places: Mapping[Alias, int] = {}
        self._said = Said()
        self._refuted: dict[str, None] = {}
        self._sessions: frozenset[str] = frozenset()
        self._allowed: tuple[str, ...] = ()
        self._heard = 0.0

    async def allowed(self) -> tuple[str, ...]:
        """Beginnings of patterns that are not cut: those an operator released for good."""
        await self._hear()
        return self._allowed

    async def seen(self, lease: Lease, reading: Reading) -> Repeats:
        """A page was read: what of its links leads nowhere new."""
        found = sayings(reading)
        if found is None:
            return NOTHING
        local, text = self._said.repeats(lease.key, found), text_mark(reading)
        seen = await self._book.body_seen(
            found.family, found.mark, short(lease.key), known=local, text=text, key=lease.key
        )
        if text:
            await self._compare(lease.key, text, seen.alike)
        sessions = await self._minted(lease, reading, found)
        return Repeats(found.family if seen.repeats else "", sessions) if seen.repeats or sessions else NOTHING

    async def _compare(self, key: str, text: int, alike: str) -> None:
        """Gather the evidence for mirrors: by pages with one text, and by all pages of the places they suggest."""
        if alike:
            hosts = frozenset(split_key(seed)[0] for seed in self._seeds)
            places = alias_of(key, alike, hosts)
            if places is not None:
                for page in (key, alike):
                    await self._tell(places, page, text)
        await self._hear()
        for places in self._places:
            if tail_of(key, places.mirror) or tail_of(key, places.original):
                await self._tell(places, key, text)

    async def _tell(self, places: Alias, key: str, text: int) -> None:
        # The mirror may lie within its original (`/old/` of a host): then it is the longer of the two.
        mirrored = bool(tail_of(key, places.mirror))
        tail = tail_of(key, places.mirror if mirrored else places.original)
        if await self._book.alike(places, short(tail), mirrored=mirrored, text=text):
            self._places = {**self._places, places: max(1, self._places.get(places, 0))}

    async def mirrored(self, lease: Lease) -> str:
        """The key under the original of a page under a mirror, which need not be fetched; empty for others.  Seeds are."""
        await self._hear()
        if lease.key in self._seeds:
            return ""
        for places, proofs in self._places.items():
            tail = tail_of(lease.key, places.mirror)
            if proofs and tail:
                return "" if await self._book.is_unlike(short(lease.key)) else f"http://{places.original}/{tail}"
        return ""

    async def refuses(self, lease: Lease) -> str:
        """Why a queued URL is not worth a request: its page was read under another session's mark.  Empty if it is, or was released."""
        minted = minted_of(lease.key)
        if minted is None:
            return ""
        await self._hear()
        if minted.slot not in self._sessions:
            return ""
        read = await self._book.minted_pages(minted.slot, [short(minted.bare)])
        if read[0] in {"", short(lease.key)} or await self._book.is_unlike(short(lease.key)):
            return ""
        return minted.slot

    async def _minted(self, lease: Lease, reading: Reading, found: Sayings) -> dict[str, str]:
        """Learn from a page whose own address is minted; then look which of its links are known under another mark."""
        links = {link.key: minted for link in reading.links if (minted := minted_of(link.key)) is not None}
        own = minted_of(lease.key)
        if own is not None and own.slot not in self._refuted:
            tokens = {token for minted in links.values() if minted.slot == own.slot for token in minted.tokens}
            told = await self._book.minted(
                own.slot,
                [short(own.bare), str(found.outline), short(lease.key), _token(own.tokens)],
                [short(token) for token in sorted(tokens)[:MOST_TOKENS]],
            )
            if told < 0:
                self._refute(own.slot)
            elif told > 0:
                self._sessions |= {own.slot}
        if not links:
            return {}
        await self._hear()
        return await self._known({key: minted for key, minted in links.items() if minted.slot in self._sessions})

    async def _known(self, links: Mapping[str, Minted]) -> dict[str, str]:
        cut: dict[str, str] = {}
        for slot in {minted.slot for minted in links.values()}:
            keys = [key for key, minted in links.items() if minted.slot == slot]
            read = await self._book.minted_pages(slot, [short(links[key].bare) for key in keys])
            cut |= {key: slot for key, page in zip(keys, read, strict=True) if page not in {"", short(key)}}
        return cut

    async def _hear(self) -> None:
        now = time.monotonic()
        if now - self._heard >= HEARD_SECONDS:
            self._heard = now
            self._sessions = await self._book.session_slots()
            self._allowed = await self._book.allowed()
            self._places = await self._book.places()

    def _refute(self, slot: str) -> None:
        self._sessions -= {slot}
        self._refuted[slot] = None
        if len(self._refuted) > MOST_REFUTED:
            self._refuted.pop(next(iter(self._refuted)))


def _token(tokens: Iterable[str]) -> str:
    """A page's own tokens as one; nearly always there is just one, and then links that pass it on are known by it."""
    return short(" ".join(sorted(tokens)))
