"""The one place that reads `CAIFENG_FAULT`: faults the kill tests switch on to prove that they would notice.

`die-between-write-and-ack=N` the worker sends itself SIGKILL at its N-th flush, after the write, before the acks
`die-between-ack-and-write=N` acks go out before MongoDB is written, and the same death follows between the two: the
                              kill test must then find lost pages
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

VARIABLE: Final = "CAIFENG_FAULT"


@dataclass(frozen=True, slots=True)
class Faults:
    """What to do wrong; nothing by default."""

    die_at_flush: int = 0  # counted from 1; 0 never
    ack_first: bool = False

    def between(self, flush: int) -> None:
        """Called between write and acks (or acks and write) with the number of the flush."""
        if flush == self.die_at_flush:
            os.kill(os.getpid(), signal.SIGKILL)


def from_environment(environment: Mapping[str, str]) -> Faults:
    """Raises ValueError on a name it does not know, so that a mistyped fault cannot make a test pass."""
    value = environment.get(VARIABLE, "")
    name, _, number = value.partition("=")
    if not value:
        return Faults()
    if name in {"die-between-write-and-ack", "die-between-ack-and-write"} and number.isdecimal():
        return Faults(int(number), ack_first=name == "die-between-ack-and-write")
    raise ValueError(f"{VARIABLE}={value} is not a fault this program knows: see pipelines/store/faults.py")
