"""Calls of Lua transitions, gathered for a moment and sent as one pipeline over one connection.

One connection, so that a restart of Redis cannot pass unnoticed: the first call after it fails, and the round's epoch
is renewed before anything else is sent.  Every transition may be repeated safely (offers are idempotent, an ack whose
lease is gone is refused, a claim whose answer was lost returns by its deadline), so a batch that failed is sent again
until Redis is back: the worker waits, it does not lose.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, NoScriptError, ReadOnlyError, TimeoutError  # noqa: A004

from crawler.errors import FrontierAway
from crawler.frontier import scripts
from crawler.masking import masked

AWAY: Final = (ConnectionError, TimeoutError, BusyLoadingError, ReadOnlyError, OSError)
FIRST_WAIT: Final = 0.05
LONGEST_WAIT: Final = 2.0
ANSWER_SECONDS: Final = 30.0  # from which a connection that says nothing is given up

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Call:
    name: str
    args: tuple[str | int | float, ...]
    answer: asyncio.Future[Any]


class Batch:
    """Sends transitions of one round.  `patience` seconds of absence raise FrontierAway; None waits for ever."""

    def __init__(self, url: str, prefix: str, *, patience: float | None) -> None:
        self.url = url
        self.prefix = prefix
        self.patience = patience
        self.redis: Any = Redis.from_url(
            url,
            decode_responses=True,
            single_connection_client=True,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=5,
            socket_timeout=None,  # one for the whole batch, see `_patiently`: the driver would set one for each answer
        )
        self._waiting: list[_Call] = []
        self._sender: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._connected = False
        self.restarts = 0  # how often the server's run id changed under us

    async def call(self, name: str, *args: str | float) -> Any:
        """Run one transition and give its answer."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Call(name, args, answer))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_soon())
        return await answer

    async def command(self, *words: str | float) -> Any:
        """Run one plain command, with the same patience."""
        return await self._patiently(lambda: self.redis.execute_command(*words))

    async def close(self) -> None:
        """Wait for what is under way, then give the connection back; cancelled, give it back all the same."""
        try:
            if self._sender is not None:
                await asyncio.gather(self._sender, return_exceptions=True)
        finally:
            await self.redis.aclose()

    async def _send_soon(self) -> None:
        await asyncio.sleep(0)  # one pass of the event loop gathers what a burst of pages sends
        while self._waiting:
            calls, self._waiting = self._waiting, []
            try:
                answers = await self._patiently(lambda calls=calls: self._send(calls))
            except BaseException as error:
                for call in calls:
                    if not call.answer.done():
                        call.answer.set_exception(error)
                if not isinstance(error, Exception):
                    raise
                continue
            for call, got in zip(calls, answers, strict=True):
                if call.answer.done():
                    continue
                if isinstance(got, Exception):
                    call.answer.set_exception(got)
                else:
                    call.answer.set_result(got)

    async def _send(self, calls: list[_Call]) -> list[Any]:
        pipe = self.redis.pipeline(transaction=False)
        for call in calls:
            pipe.evalsha(scripts.digest(call.name), 1, self.prefix, *call.args)
        answers: list[Any] = await pipe.execute(raise_on_error=False)
        for answer in answers:
            if isinstance(answer, AWAY):
                raise answer
        missing = [at for at, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if missing:
            await self._load()
            again = await self._send([calls[at] for at in missing])
            for at, answer in zip(missing, again, strict=True):
                answers[at] = answer
        return answers

    async def _load(self) -> None:
        for name in sorted(scripts.NAMES):
            await self.redis.script_load(scripts.source(name))

    async def _connect(self) -> None:
        """After a (re)connection: load the scripts, renew the epoch when the server is another one."""
        info = await self.redis.info("server")
        await self._load()
        changed = await self.redis.evalsha(
            scripts.digest("epoch"), 1, self.prefix, info["run_id"], secrets.token_hex(4)
        )
        self.restarts += int(changed)
        self._connected = True

    async def _patiently(self, act: Any) -> Any:
        loop = asyncio.get_running_loop()
        began, wait, told = loop.time(), FIRST_WAIT, False
        async with self._lock:
            while True:
                try:
                    async with asyncio.timeout(ANSWER_SECONDS):
                        if not self._connected:
                            await self._connect()
                        got = await act()
                except AWAY as error:
                    why = str(error) or f"no answer in {ANSWER_SECONDS:.0f} s"
                    self._connected = False
                    await self.redis.connection_pool.disconnect()
                    if self.patience is not None and loop.time() - began > self.patience:
                        message = (
                            f"Redis at {masked(self.url)} did not answer for {self.patience:.0f} s ({why}); "
                            "start it (`caifeng up`) or correct CAIFENG_REDIS_URL"
                        )
                        raise FrontierAway(message) from error
                    if not told:
                        log.warning("Redis at %s is away (%s): waiting for it", masked(self.url), why)
                        told = True
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT)
                else:
                    if told:
                        log.warning("Redis at %s is back after %.1f s", masked(self.url), loop.time() - began)
                    return got


def pairs(answer: Any) -> dict[str, str]:
    """HGETALL through execute_command answers a dict or a flat list, by protocol version."""
    if isinstance(answer, dict):
        return answer
    return dict(zip(answer[::2], answer[1::2], strict=True))
