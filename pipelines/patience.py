"""Waiting for storage that is away: back-off, and one sentence in the log when it goes and when it returns."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

R = TypeVar("R")

_FIRST: Final = 0.1  # seconds before the second attempt
_LONGEST: Final = 5.0  # a returned server is noticed within this time


class Patience:
    """Shared by all callers of one storage, so that a thousand waiting pages log one sentence."""

    def __init__(
        self,
        storage: str,
        logger: logging.Logger,
        away: Callable[[Exception], bool],
        *,
        told: Callable[[str], None] = lambda _what: None,
    ) -> None:
        """`told` is called with what is wrong whenever storage goes away, and with nothing when it is back."""
        self._told = told
        self._storage = storage
        self._logger = logger
        self._away = away
        self._is_away = False

    async def until_done(self, attempt: Callable[[], Awaitable[R]]) -> R:
        """Repeat `attempt` while `away` says of its error that waiting is right; other errors pass."""
        pause = _FIRST
        while True:
            try:
                result = await attempt()
            except Exception as error:
                if not self._away(error):
                    raise
                self._gone(error)
            else:
                self._back()
                return result
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, _LONGEST)

    def _gone(self, error: Exception) -> None:
        if not self._is_away:
            self._is_away = True
            first = str(error).partition("\n")[0][:300] or type(error).__name__
            self._logger.warning("%s is away (%s): waiting; nothing is lost", self._storage, first)
            self._told(first)

    def _back(self) -> None:
        if self._is_away:
            self._is_away = False
            self._logger.warning("%s is back: going on", self._storage)
            self._told("")
