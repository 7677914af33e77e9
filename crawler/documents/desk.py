"""The worker's side of reading attachments: one child process, begun with the first, replaced when it dies."""

import asyncio
import logging
import signal
import sys
from collections.abc import Mapping
from typing import Final

from cleaning.documents.document import Document, Note
from crawler.documents.protocol import ANSWER, answered, question

# Of a document: a 300-page scan of 40 MB is through in two seconds; what takes longer is meant to.
SECONDS: Final = 30
MEGABYTES: Final = 1_536  # address space, of which the libraries take 300
MAX_BYTES: Final = 64 << 20  # larger files are kept in the archive and not read
_GRACE: Final = 2  # seconds after which a child that ignores its alarm is killed
_MAX_ANSWER: Final = 16 << 20
CHILD_ENVIRONMENT: Final = ("PATH", "PYTHONPATH", "LANG", "LC_ALL")  # what the child may know of the environment

log = logging.getLogger(__name__)


class DocumentDesk:
    """Reads attachments one at a time, beside the loop.  Never raises for what a file does to its reader.

    Of `environment` the child is given what `CHILD_ENVIRONMENT` names.
    """

    def __init__(self, environment: Mapping[str, str], *, seconds: int = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._environment = {name: environment[name] for name in CHILD_ENVIRONMENT if name in environment}
        self._seconds = seconds
        self._megabytes = megabytes
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def read(self, body: bytes, name: str) -> Document:
        """Text and tables of an attachment, or the note that says why there are none."""
        if len(body) > MAX_BYTES:
            return Document("other", note=Note.TOO_LARGE, detail=f"{len(body)} bytes")
        async with self._turn:
            child = await self._running()
            try:
                async with asyncio.timeout(self._seconds + _GRACE):
                    return await _asked(child, body, name)
            except TimeoutError:
                note, detail = Note.TIMEOUT, f"not read within {self._seconds} seconds"
            except (OSError, RuntimeError, ValueError, asyncio.IncompleteReadError):  # uvloop: its pipe is closed
                note, detail = Note.BROKEN, "the reader died over it"
            status = await self._end(child)
            if status == -signal.SIGALRM:  # the child's own clock struck
                note = Note.TIMEOUT
            log.warning("attachment %s: %s (status %d)", name, detail, status)
            return Document("other", note=note, detail=detail)

    async def close(self) -> None:
        """End the child."""
        if self._child is not None:
            await self._end(self._child)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "crawler.documents", str(self._seconds), str(self._megabytes),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                env=self._environment,
            )  # fmt: skip
        return self._child

    async def _end(self, child: asyncio.subprocess.Process) -> int:
        self._child = None
        if child.stdin is not None:
            child.stdin.close()
        try:
            # Not killed at once: a signal to a child that just died reaps it past asyncio, and its status is lost.
            async with asyncio.timeout(_GRACE):
                return await child.wait()
        except TimeoutError:
            child.kill()
            return await child.wait()


async def _asked(child: asyncio.subprocess.Process, body: bytes, name: str) -> Document:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(question(body, name))
    await child.stdin.drain()
    (size,) = ANSWER.unpack(await child.stdout.readexactly(ANSWER.size))
    if size > _MAX_ANSWER:
        message = f"an answer of {size} bytes"
        raise ValueError(message)
    return answered(await child.stdout.readexactly(size))
