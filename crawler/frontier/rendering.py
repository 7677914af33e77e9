"""What a round has learned about rendering, shared by its workers.

| key | type | holds |
|---|---|---|
| `rendering` | set | hosts of which something was learned |
| `r:{host}` | hash | `sign␟template` → pages that have shown it (see `crawler.fetch.verdict`); the template '' is the host |
| `earned` | hash | host → JSON of the cookies a browser earned there: cookie, ends (s since the epoch, 0 never), serial |
| `earning:{host}` | string | stands while a browser earns them |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from crawler.frontier.batch import Batch, pairs

SEPARATOR: Final = "\x1f"
Counts = dict[str, Counter[str]]  # template → sign → pages


@dataclass(frozen=True, slots=True)
class Earned:
    """Cookies a browser earned at a host; `ends` in seconds since the epoch, 0 where nobody knows."""

    cookie: str
    ends: float
    serial: int

    def over(self, now: float) -> bool:
        """Whether they have ended."""
        return 0 < self.ends <= now


class RenderBook:
    """The transitions that concern rendering."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    async def learn(self, host: str, signs: Iterable[tuple[str, str]]) -> Counts:
        """Add (template, sign) of pages, and read all that is known of their host."""
        rows = Counter(signs)
        words: list[str | float] = [
            word for (template, sign), number in rows.items() for word in (template, sign, number)
        ]
        return _counts(pairs(await self._batch.call("rendered", host, *words)))

    async def known(self) -> Mapping[str, Counts]:
        """All that is known, by host."""
        prefix = self._batch.prefix
        hosts = sorted(await self._batch.command("SMEMBERS", f"{prefix}rendering"))
        return {host: _counts(pairs(await self._batch.command("HGETALL", f"{prefix}r:{host}"))) for host in hosts}

    async def earned(self, host: str) -> Earned | None:
        """The cookies of a host."""
        return _earned(await self._batch.command("HGET", f"{self._batch.prefix}earned", host))

    async def all_earned(self) -> Mapping[str, Earned]:
        """The cookies of every host that has some."""
        kept = pairs(await self._batch.command("HGETALL", f"{self._batch.prefix}earned"))
        return {host: found for host, text in kept.items() if (found := _earned(text)) is not None}

    async def begin_earning(self, host: str, seconds: float) -> bool:
        """Whether it is ours to earn them: one browser visit at a time, for `seconds` at most."""
        name = f"{self._batch.prefix}earning:{host}"
        return bool(await self._batch.command("SET", name, 1, "NX", "PX", int(seconds * 1000)))

    async def end_earning(self, host: str, cookie: str, ends: float) -> None:
        """Keep what was earned; '' for nothing."""
        await self._batch.call("earned", host, cookie, ends)


def _counts(found: Mapping[str, str]) -> Counts:
    counts: Counts = {}
    for name, number in found.items():
        sign, _, template = name.partition(SEPARATOR)
        counts.setdefault(template, Counter())[sign] = int(number)
    return counts


def _earned(text: Any) -> Earned | None:
    if text is None:
        return None
    kept = orjson.loads(text)
    return Earned(kept["cookie"], float(kept["ends"]), int(kept["serial"]))
