"""Whether the archive's volume has room: watched while a worker runs, so that it stops claiming before it must wait.

A worker that meets a full disk keeps its pages and their leases and writes them when there is room.  Where less than the
first mark is free nothing more is claimed, for every page in hand still needs its place, and local databases often share
the volume: they end where a worker only waits.  Claims go on where the second mark is free.  The marks are settings,
`CAIFENG_DISK_PAUSE` and `CAIFENG_DISK_RESUME`: bytes (`20GB`) or a share of the volume (`5%`).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from crawler.ports import WorkerPort
from crawler.reasons import Halt
from pipelines.errors import BadMark

LOW_BYTES: Final = 512 * 2**20  # a local MongoDB wants 400 MB free to start; the pages in hand are far less
LOW_SHARE: Final = 0.05  # of a small volume
AGAIN: Final = (
    2  # times the first mark must be free before claims go on, so that they do not stop and start by the page
)
_MARK: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(%|[KMGT]?B)", re.IGNORECASE)
_UNITS: Final[Mapping[str, int]] = {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
_LARGE: Final = 2**42  # bytes: a share and an amount are held against each other on a volume of 4 TB


@dataclass(frozen=True, slots=True)
class Mark:
    """So many bytes, and at most (or, where there are no bytes, just) this share of a volume."""

    bytes: int = 0
    share: float = 0.0

    def of(self, total: int) -> int:
        """In bytes, on a volume of `total` bytes."""
        sides = [self.bytes] if self.bytes else []
        return min([*sides, int(total * self.share)] if self.share else sides)


@dataclass(frozen=True, slots=True)
class Marks:
    """Free room below which nothing more is claimed, and from which claims go on again."""

    pause: Mark = Mark(LOW_BYTES, LOW_SHARE)
    resume: Mark | None = None  # None: twice the first

    def low(self, total: int) -> int:
        """Free bytes below which nothing more is claimed."""
        return self.pause.of(total)

    def high(self, total: int) -> int:
        """Free bytes from which claims go on; never below the other mark."""
        low = self.low(total)
        return low * AGAIN if self.resume is None else max(low, self.resume.of(total))


def marks_of(pause: str, resume: str) -> Marks:
    """The marks as settings name them; an empty one is the default.  Raises BadMark."""
    marks = Marks(_mark(pause) or Marks().pause, _mark(resume))
    if marks.resume is not None and marks.resume.of(_LARGE) < marks.low(_LARGE):
        raise BadMark(f"{resume} for going on is less than {pause or 'the default'} for pausing: give more")
    return marks


def _mark(text: str) -> Mark | None:
    found = _MARK.fullmatch(text.strip())
    if not text.strip():
        return None
    if found is None or not float(found[1]):
        raise BadMark(f"{text!r} is no amount of room: give bytes as 20GB or 500MB, or a share of the volume as 5%")
    number, unit = float(found[1]), found[2].upper()
    if unit != "%":
        return Mark(bytes=int(number * _UNITS[unit]))
    if number >= 100:
        raise BadMark(f"{text!r} is no share of a volume: give less than 100%")
    return Mark(share=number / 100)


def enough(free: int, total: int, *, halted: bool, marks: Marks = Marks()) -> bool:
    """Whether to claim: above the first mark, or after a halt above the second."""
    return free >= (marks.high(total) if halted else marks.low(total))


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
    marks: Marks = field(default_factory=Marks)
    _low: bool = field(default=False, init=False)
    _failing: bool = field(default=False, init=False)

    def looked(self, free: int, total: int) -> None:
        """Take a look at the volume into account."""
        self._low = not enough(free, total, halted=self._low or self._failing, marks=self.marks)
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
