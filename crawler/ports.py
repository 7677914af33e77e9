"""What the crawler needs of storage, implemented by `pipelines.store`; named in settings as a dotted string."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crawler.frontier.contract import Outlink


class OutlinkStore(Protocol):
    """For relinks: what a stored record links to, and its depth put right."""

    async def outlinks(self, round_name: str, key: str) -> Sequence[Outlink]:
        """The stored in-scope outlinks of a page or of a redirect; empty when the URL ended without any."""
        ...

    async def lower_depth(self, round_name: str, key: str, depth: int) -> None:
        """Set the record's depth to `depth` where it is greater."""
        ...

    async def close(self) -> None:
        """Give the connection back."""
        ...
