"""Settling duplicates: which page stands for which, once all pages of a round are known.

Deterministic and independent of input order.  Exact copies first (equal main text, or equal bytes of an attachment),
then near copies: simhashes at most three bits apart and the same numbers in the same order, found by one join over all
pages (:mod:`cleaning.near_join`), never by all pairs, and then read (:mod:`cleaning.same_text`), for one other name moves
few bits.  A page is the copy only of a representative it is itself close to: chains do not drift.

It counts within a unit: a representative must serve every unit the page serves.  Copies in other units are only
recorded (`same_as`), so that no unit loses its evidence.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Literal

import numpy as np

from cleaning.hosts import is_official, is_public
from cleaning.near_join import distinct, near_pairs

# Calibration: docs/cleaning.md, "The threshold"; printed by benchmarks/duplicate_threshold.py.
MAX_DISTANCE: Final = 3
MAX_SAME_AS: Final = 20  # keys kept per page: a platform page stands in hundreds of units
# Characters: a shorter text ("见附件", "暂无内容", a grid of office names that every page of a host carries) is a copy only
# under the same title.  No labelled near-duplicate is shorter than 300 characters.
SHORT_TEXT: Final = 300
_BLOCKS, _BLOCK_BITS = MAX_DISTANCE + 1, 16  # of a simhash: one of them is equal where at most MAX_DISTANCE bits differ
PLACES: Final = _BLOCKS << _BLOCK_BITS  # of fingerprints, see `places_of`
_LENGTH_RATIO: Final = 0.9  # near copies differ little in length
LISTING: Final = frozenset({"home", "list", "search"})  # same frame, other entries: exact copies only

Code = Literal["exact-copy", "near-copy"]
Pair = tuple[str, str]  # keys; the better page first
SameText = Callable[[Sequence[Pair]], Collection[Pair]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is compared of a stored page.  The last three fields may be left out; then they do not restrict."""

    key: str
    units: tuple[str, ...]
    host: str
    depth: int
    text_hash: str
    simhash: int
    number_hash: str
    sha256: str
    media: str
    eligible: bool  # harmful, ad and irrelevant pages are not: their verdict comes first
    title: str = ""
    length: int = 0  # characters of main text; 0 is unknown
    page_type: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a page is a copy of ("" when of none in its units), how, and its copies elsewhere."""

    duplicate_of: str
    code: Code
    distance: int
    same_as: tuple[str, ...]


def settle(candidates: Iterable[Candidate], same_text: SameText) -> Mapping[str, Settled]:
    """Settled relations by key; pages that are nobody's copy and have none elsewhere are absent.

    Representative: the most official host, then the shallowest, then the smallest key.  `same_text` is asked once, for
    all pairs of keys whose fingerprints are near, and returns those whose texts are the same but for their frames.
    """
    ordered = sorted((one for one in candidates if one.eligible), key=_rank)
    exact = _Relations()
    standing: list[Candidate] = []
    for group in _exact_groups(ordered):
        standing.extend(_settle_group(group, exact))
    standing.sort(key=_rank)
    near = _near(standing, same_text)
    return _merged(ordered, exact, near)


def places_of(one: Candidate) -> tuple[int, ...]:
    """The places of a page in a table of PLACES, one for each block of its fingerprint; none where it has no near copies.

    A near copy, which has the same numbers, stands at one of them at least.
    """
    if not _is_comparable(one):
        return ()
    value, lowest = masked_print(one), (1 << _BLOCK_BITS) - 1
    return tuple(block << _BLOCK_BITS | value >> (block * _BLOCK_BITS) & lowest for block in range(_BLOCKS))


def near_prints(one: int, other: int) -> bool:
    """Whether two pages' masked prints leave it possible that one is a near copy of the other."""
    return (one ^ other).bit_count() <= MAX_DISTANCE


def may_copy(one: Candidate, other: Candidate) -> bool:
    """Whether one page may be a near copy of another that serves all its units: if their texts agree when read."""
    return one.key != other.key and _is_comparable(other) and _serves(other, one) and _alike(one, other)


class _Relations:
    """Copies found so far: key -> (representative, distance), and the copies in other units."""

    def __init__(self) -> None:
        self.of: dict[str, tuple[str, int]] = {}
        self.elsewhere: dict[str, set[str]] = {}

    def also(self, one: str, other: str) -> None:
        self.elsewhere.setdefault(one, set()).add(other)
        self.elsewhere.setdefault(other, set()).add(one)


def _rank(one: Candidate) -> tuple[int, int, str]:
    official = 0 if is_official(one.host) else 1 if is_public(one.host) else 2
    return official, one.depth, one.key


def _exact_groups(ordered: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """Pages with one content, in rank order; a page without anything to compare is alone."""
    groups: dict[tuple[str, ...], list[Candidate]] = {}
    for one in ordered:
        groups.setdefault(_content(one), []).append(one)
    yield from groups.values()


def _content(one: Candidate) -> tuple[str, ...]:
    if one.media == "attachment":
        return ("bytes", one.sha256) if one.sha256 else ("alone", one.key)
    if not one.text_hash:
        return ("alone", one.key)
    title = _flat(one.title) if 0 < one.length < SHORT_TEXT else ""
    return ("text", one.text_hash, title)


def _settle_group(group: list[Candidate], found: _Relations) -> list[Candidate]:
    """The representatives of an exact group: one per set of units that no better page serves whole."""
    standing: list[Candidate] = []
    for one in group:
        master = next((other for other in standing if _serves(other, one)), None)
        if master is not None:
            found.of[one.key] = (master.key, 0)
            continue
        for other in standing[:MAX_SAME_AS]:
            found.also(one.key, other.key)
        standing.append(one)
    return standing


def _serves(representative: Candidate, one: Candidate) -> bool:
    return set(one.units) <= set(representative.units)


def _near(standing: Sequence[Candidate], same_text: SameText) -> _Relations:
    """Near copies among representatives, best first: each joins the best earlier representative it is close to."""
    close = _close(standing)
    same = same_text([(other.key, one.key) for one, others in close for other in others])
    found = _Relations()
    for one, others in close:
        ranked = [other for other in others if other.key not in found.of and (other.key, one.key) in same]
        master = next((other for other in ranked if _serves(other, one)), None)
        if master is not None:
            found.of[one.key] = (master.key, (one.simhash ^ master.simhash).bit_count())
            continue
        for other in ranked[:MAX_SAME_AS]:
            found.also(one.key, other.key)
    return found


def _is_comparable(one: Candidate) -> bool:
    """Whether near copies of a page are looked for."""
    return bool(one.simhash) and one.media != "attachment" and one.page_type not in LISTING


def _close(standing: Sequence[Candidate]) -> list[tuple[Candidate, list[Candidate]]]:
    """Each page that has some, with the better pages whose fingerprints are near, best first."""
    comparable = [one for one in standing if _is_comparable(one)]
    prints = [masked_print(one) for one in comparable]
    near = _neighbours(prints)
    earlier: dict[int, list[Candidate]] = {}
    close = []
    for one, value in zip(comparable, prints, strict=True):
        places = (value, *near.get(value, ()))
        others = [other for place in places for other in earlier.get(place, ()) if _alike(one, other)]
        if others:
            close.append((one, sorted(others, key=_rank)))
        earlier.setdefault(value, []).append(one)
    return close


def masked_print(one: Candidate) -> int:
    """The simhash under a mask made of the numbers: it keeps its distance to pages with the same numbers, and no other.

    Templates filled with other numbers are simhashes apart by a few bits; without the mask a site with ten thousand of
    them would give fifty million pairs to look at.
    """
    mask = int.from_bytes(blake2b(one.number_hash.encode(), digest_size=8).digest())
    return one.simhash ^ mask


def _neighbours(prints: Sequence[int]) -> Mapping[int, Sequence[int]]:
    """The other values within the distance of each value that has some."""
    near: dict[int, list[int]] = {}
    for low, high in near_pairs(distinct(np.array(prints, np.uint64)), MAX_DISTANCE).tolist():
        near.setdefault(low, []).append(high)
        near.setdefault(high, []).append(low)
    return near


def _alike(one: Candidate, other: Candidate) -> bool:
    if one.number_hash != other.number_hash:
        return False
    if (one.simhash ^ other.simhash).bit_count() > MAX_DISTANCE:
        return False
    if one.length and other.length and min(one.length, other.length) < _LENGTH_RATIO * max(one.length, other.length):
        return False
    mine, theirs = _flat(one.title), _flat(other.title)
    return not mine or not theirs or mine == theirs


def _follows(one: Candidate, representative: Candidate) -> bool:
    """Whether an exact copy of a near copy is near the representative itself: its type or title may be another."""
    return one.page_type not in LISTING and _alike(one, representative)


def _flat(title: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", title).lower() if letter.isalnum())


def _merged(ordered: Sequence[Candidate], exact: _Relations, near: _Relations) -> dict[str, Settled]:
    """One relation per page, always to a page that is itself nobody's copy."""
    by_key = {one.key: one for one in ordered}
    settled: dict[str, Settled] = {}
    for one in ordered:
        code: Code = "exact-copy" if one.key in exact.of else "near-copy"
        master, distance = exact.of.get(one.key) or near.of.get(one.key) or ("", 0)
        if code == "exact-copy" and master in near.of:
            # The master is a copy itself: follow it to its representative, if this page is as close to that one.
            code, (master, distance) = "near-copy", near.of[master]
            if not _follows(one, by_key[master]):
                master, distance = "", 0
        elsewhere = exact.elsewhere.get(one.key, set()) | near.elsewhere.get(one.key, set())
        if master or elsewhere:
            settled[one.key] = Settled(
                master,
                code if master else _code(one, by_key, elsewhere),
                distance,
                tuple(sorted(elsewhere))[:MAX_SAME_AS],
            )
    return settled


def _code(one: Candidate, by_key: Mapping[str, Candidate], elsewhere: Iterable[str]) -> Code:
    exact = any(_content(by_key[key]) == _content(one) for key in elsewhere)
    return "exact-copy" if exact else "near-copy"
