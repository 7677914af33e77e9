"""Families: pages of one template filled with other facts, joined without being copies of each other.

Sketches (:func:`cleaning.fingerprints.prints`) estimate what share of their 8-grams two texts have in common: the share
of agreeing places among those not empty in both.  Candidates are found by bands of three places (Broder 1997; one
permutation: Li, Owen and Zhang 2012), estimated, and joined, so that a family is what a chain of alike pages reaches.

Only pages that serve the same units are compared, one set of units at a time: memory is some hundred bytes per page of
the largest.  Pages are put in the order of their keys first, so the order in which they come does not matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaning.fingerprints import SKETCH

# Calibration: docs/cleaning.md, "Families"; printed by benchmarks/families.py.
ALIKE: Final = (
    0.47  # estimated share of common 8-grams from which two pages are of one family; the estimate errs by 0.06
)
MIN_TEXT: Final = 300  # characters of main text; shorter ones are mostly template
_BAND: Final = 3  # places that must agree at once: at a share of 0.6, one of the 21 bands does in 99 cases of 100
# A template with ten thousand pages would give fifty million pairs: each page of a band is compared with the next few
# of it.  Where so many agree, the chain holds without the others.
_NEXT: Final = 16
_CHUNK: Final = 1 << 14  # pairs compared at a time

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Member:
    """A page that may be of a family: its key, the units it serves, its sketch (SKETCH bytes)."""

    key: str
    units: tuple[str, ...]
    sketch: bytes


def families(members: Iterable[Member]) -> Mapping[str, str]:
    """The family of each page that has one: the smallest key among its pages, of which there are two or more.

    Raises ValueError for a sketch that has not SKETCH bytes.
    """
    by_units: dict[tuple[str, ...], list[tuple[str, bytes]]] = {}
    for one in members:
        if len(one.sketch) != SKETCH:
            raise ValueError(f"sketch of {one.key}: {len(one.sketch)} bytes instead of {SKETCH}; read the page again")
        by_units.setdefault(tuple(sorted(one.units)), []).append((one.key, one.sketch))
    found: dict[str, str] = {}
    for pages in by_units.values():
        pages.sort()
        found.update(_grouped([key for key, _ in pages], b"".join(sketch for _, sketch in pages)))
    return found


def likeness(one: bytes, other: bytes) -> float:
    """The estimated share of 8-grams that two sketched texts have in common, 0 to 1."""
    pair = np.frombuffer(one + other, np.uint8).reshape(2, SKETCH)
    return float(_alike(pair, np.array([0]), np.array([1]))[0])


def _grouped(keys: Sequence[str], sketches: bytes) -> Mapping[str, str]:
    """Families among pages of the same units, in ascending order of their keys."""
    places = np.frombuffer(sketches, np.uint8).reshape(len(keys), SKETCH)
    roots = np.arange(len(keys))
    for start in range(0, SKETCH - _BAND + 1, _BAND):
        _join_band(places, start, roots)
    sizes = np.bincount(roots, minlength=len(keys))
    return {keys[place]: keys[roots[place]] for place in np.flatnonzero(sizes[roots] > 1).tolist()}


def _join_band(places: NDArray[np.uint8], start: int, roots: Places) -> None:
    """Join what agrees in one band and is alike; `roots` holds the smallest place of each page's family throughout."""
    wide = places[:, start : start + _BAND].astype(np.uint32)
    values = (wide[:, 0] << np.uint32(16)) | (wide[:, 1] << np.uint32(8)) | wide[:, 2]
    order = np.argsort(values, kind="stable")
    order = order[values[order] > 0]  # a band empty in both says nothing
    ordered = values[order]
    for ahead in range(1, min(_NEXT, len(order) - 1) + 1):
        same = np.flatnonzero(ordered[ahead:] == ordered[:-ahead])
        if not len(same):
            return
        low, high = order[same], order[same + ahead]
        apart = roots[low] != roots[high]
        low, high = low[apart], high[apart]
        for at in range(0, len(low), _CHUNK):
            first, second = low[at : at + _CHUNK], high[at : at + _CHUNK]
            near = _alike(places, first, second) >= ALIKE
            _join(roots, first[near].tolist(), second[near].tolist())


def _alike(places: NDArray[np.uint8], first: Places, second: Places) -> NDArray[np.float64]:
    """The estimated share for each pair."""
    one, other = places[first], places[second]
    told = (one > 0) | (other > 0)
    agreeing = ((one == other) & told).sum(axis=1)
    share: NDArray[np.float64] = agreeing / np.maximum(1, told.sum(axis=1))
    return share


def _join(roots: Places, first: Sequence[int], second: Sequence[int]) -> None:
    """Join pairs, in place: union-find over the roots of now, then every page is given its new root."""
    parent: dict[int, int] = {}

    def root(place: int) -> int:
        while place in parent:
            parent[place] = parent.get(parent[place], parent[place])
            place = parent[place]
        return place

    for one, other in zip(first, second, strict=True):
        low, high = sorted((root(int(roots[one])), root(int(roots[other]))))
        if low != high:
            parent[high] = low
    if parent:
        moved = np.arange(len(roots))
        for place in parent:
            moved[place] = root(place)
        roots[:] = moved[roots]
