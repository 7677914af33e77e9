"""Many callers, one call: what arrives within a short window goes out together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Collects up to `size` entries for at most `window` seconds and hands them to `flush`, answers in order.

    A window of 0 gathers what is submitted within one pass of the event loop.  Several flushes may be under way at once;
    a flush that raises raises for each of its callers, an answer that is an exception for its own.
    """

    def __init__(
        self, flush: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]], *, size: int, window: float
    ) -> None:
        self._flush = flush
        self._size = size
        self._window = window
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._flushes: set[asyncio.Task[None]] = set()

    async def submit(self, entry: T, *, alone: bool = False) -> R:
        """Wait for this entry's answer; `alone` says that no company is to be expected, so that it goes out at once."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[R] = loop.create_future()
        self._waiting.append((entry, answer))
        if alone or len(self._waiting) >= self._size:
            self._start()
        elif self._timer is None:
            self._timer = loop.call_later(self._window, self._start)
        return await answer

    async def drain(self) -> None:
        """Flush what waits, and wait until every flush has ended."""
        self._start()
        while self._flushes:
            await asyncio.wait(self._flushes)

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        task = asyncio.get_running_loop().create_task(self._run(batch))
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)

    async def _run(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            answers = await self._flush([entry for entry, _ in batch])
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_exception(answer) if isinstance(answer, Exception) else future.set_result(answer)
        except BaseException as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error) if isinstance(error, Exception) else future.cancel()
            if not isinstance(error, Exception):
                raise


def each_alone(act: Callable[[T], R]) -> Callable[[Sequence[T]], Awaitable[list[R | Exception]]]:
    """A flush that does one after the other, where a fault of ours is that entry's alone."""

    async def flush(entries: Sequence[T]) -> list[R | Exception]:
        return [_done(act, entry) for entry in entries]

    return flush


def _done(act: Callable[[T], R], entry: T) -> R | Exception:
    try:
        return act(entry)
    except Exception as error:  # noqa: BLE001  # raised where the entry waits
        return error
