"""Two rounds side by side: their records of the same key, streamed in key order, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.store.connect import Document
from pipelines.store.reader import RoundReader

Pair = tuple[Document | None, Document | None]


def pairs(before: RoundReader, after: RoundReader, fields: Sequence[str]) -> Iterator[Pair]:
    """All that has ended in either round, as (before, after); None where a round has no record of the key.

    Records hold `key` and the fields named.  Raises StoreAway.
    """
    wanted = ("key", *fields)
    old, new = before.every(wanted), after.every(wanted)
    left, right = next(old, None), next(new, None)
    while left is not None or right is not None:
        first = min(each["key"].encode() for each in (left, right) if each is not None)  # MongoDB orders by bytes
        one = left if left is not None and left["key"].encode() == first else None
        other = right if right is not None and right["key"].encode() == first else None
        yield one, other
        left = next(old, None) if one is not None else left
        right = next(new, None) if other is not None else right
