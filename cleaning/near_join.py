"""All pairs of 64-bit fingerprints a few bits apart, exhaustively and without comparing all pairs.

The sorted-permutation join of Manku, Jain and Das Sarma (WWW 2007), turned inside out for a batch: fingerprints at most
k bits apart agree wholly in at least two of k + 2 blocks.  So for each choice of two blocks these are moved to the front,
the values sorted, and only neighbours with one front compared.  Sorting plain integers needs no index beside them: the
permutation is undone on the few values that are found.  `benchmarks/near_join.py` measures it at 27 million.
"""

from itertools import combinations, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Fingerprints = NDArray[np.uint64]

BITS: Final = 64
_CHUNK: Final = 1 << 15  # values compared at a time: bounds the memory beside the two copies of all values


def near_pairs(values: Fingerprints, distance: int) -> Fingerprints:
    """Every pair of `values` at most `distance` bits apart, as rows (smaller, larger) in ascending order.

    `values` are distinct (ValueError otherwise); equal ones are a group, not pairs.  Time grows as n log n and with the
    number of pairs found; memory is about two copies of `values`.
    """
    blocks = _blocks(distance + 2)
    found = [_pairs_agreeing(values, front, distance) for front in combinations(blocks, 2)]
    pairs = np.concatenate(found) if found else np.empty((0, 2), np.uint64)
    return np.unique(np.sort(pairs, axis=1), axis=0)


def distinct(values: Fingerprints) -> Fingerprints:
    """The distinct values, ascending.  `numpy.unique` builds a hash table of them: at 27 million 1.4 GB (2.4)."""
    ordered = np.sort(values)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def _blocks(count: int) -> list[tuple[int, int]]:
    """The 64 bits cut in `count` blocks as (lowest bit, width)."""
    edges = [BITS * block // count for block in range(count + 1)]
    return [(low, high - low) for low, high in pairwise(edges)]


def _pairs_agreeing(values: Fingerprints, front: tuple[tuple[int, int], ...], distance: int) -> Fingerprints:
    """Pairs within `distance` among the values that agree in the blocks of `front`."""
    layout = _layout(front)
    moved = _moved(values, layout)
    moved.sort()
    shift = np.uint64(BITS - sum(width for _, width in front))
    found = []
    for start in range(0, len(moved) - 1, _CHUNK):
        at = np.arange(start, min(start + _CHUNK, len(moved) - 1))
        ahead = 0
        while len(at):
            ahead += 1
            at = at[at + ahead < len(moved)]
            differing = moved[at] ^ moved[at + ahead]
            if ahead == 1 and not differing.all():
                raise ValueError("fingerprints to join must be distinct: group equal ones first")
            same = (differing >> shift) == 0  # in a sorted run of one front all that follow it are its own
            at, differing = at[same], differing[same]
            close = at[np.bitwise_count(differing) <= distance]
            if len(close):
                found.append(np.stack((moved[close], moved[close + ahead]), axis=1))
    pairs = np.concatenate(found) if found else np.empty((0, 2), np.uint64)
    return _moved(pairs, [(to, low, width) for low, to, width in layout])


def _layout(front: tuple[tuple[int, int], ...]) -> list[tuple[int, int, int]]:
    """Where each stretch of bits goes, as (from, to, width): the blocks of `front` on top, the rest below in order."""
    stretches, top = [], BITS
    for low, width in front:
        top -= width
        stretches.append((low, top, width))
    rest, place = 0, 0
    for low, width in (*sorted(front), (BITS, 0)):
        if low > rest:
            stretches.append((rest, place, low - rest))
            place += low - rest
        rest = low + width
    return stretches


def _moved(values: Fingerprints, layout: list[tuple[int, int, int]]) -> Fingerprints:
    """The values with their bits rearranged."""
    moved = np.zeros_like(values)
    flat, out = values.reshape(-1), moved.reshape(-1)
    for start in range(0, len(flat), _CHUNK):
        part = flat[start : start + _CHUNK]
        for low, to, width in layout:
            out[start : start + _CHUNK] |= ((part >> np.uint64(low)) & np.uint64((1 << width) - 1)) << np.uint64(to)
    return moved
