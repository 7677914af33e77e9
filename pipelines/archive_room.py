"""Whether the archive's volume has room: watched while a worker runs, so that it stops claiming before it must wait.

A worker that meets a full disk keeps its pages and their leases and writes them when there is room.  Below the low mark
nothing more is claimed, for every page in hand still needs its place, and local databases often share the volume:
they end where a worker only waits.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from crawler.ports import WorkerPort
from crawler.reasons import Halt

LOW_BYTES: Final = 512 * 2**20  # a local MongoDB wants 400 MB free to start; the pages in hand are far less
LOW_SHARE: Final = 0.05  # of a small volume
AGAIN: Final = 2  # times the low mark must be free before claims go on, so that they do not stop and start by the page


def low_mark(total: int) -> int:
    """Free bytes below which nothing more is claimed, on a volume of `total` bytes."""
    return min(LOW_BYTES, int(total * LOW_SHARE))


def enough(free: int, total: int, *, halted: bool) -> bool:
    """Whether to claim: above the low mark, or well above it after a halt."""
    return free >= low_mark(total) * (AGAIN if halted else 1)


def free_and_total(folder: Path) -> tuple[int, int]:
    """Bytes of the volume that `folder`, or the nearest directory above it that exists, lies on."""
    place = next(one for one in (folder, *folder.parents) if one.exists())
    usage = shutil.disk_usage(place)
    return usage.free, usage.total


@dataclass(slots=True)
class Room:
    """Tells the worker when to halt and when to go on.  `failing`: a write has just failed and was not made yet."""

    folder: Path
    worker: WorkerPort
    _low: bool = field(default=False, init=False)
    _failing: bool = field(default=False, init=False)

    def looked(self, free: int, total: int) -> None:
        """Take a look at the volume into account."""
        self._low = not enough(free, total, halted=self._low or self._failing)
        self._tell()

    def told(self, *, failing: bool) -> None:
        """Take a write that failed, or the first that did not any more, into account."""
        self._failing = failing
        self._low = self._low or failing
        self._tell()

    def _tell(self) -> None:
        if self._low or self._failing:
            self.worker.halt(Halt.DISK_FULL, str(self.folder))
        else:
            self.worker.resume(Halt.DISK_FULL)
