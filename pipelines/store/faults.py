"""The one place that reads `CAIFENG_FAULT`: faults the kill tests switch on to prove that they would notice.

`ack-before-write`            acks go out before MongoDB is written (the kill test must then find lost pages)
`die-between-write-and-ack=N` the worker sends itself SIGKILL at its N-th flush, after the write, before the acks
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

    ack_before_write: bool = False
    die_at_flush: int = 0  # counted from 1; 0 never

    def between_write_and_ack(self, flush: int) -> None:
        """Called with the number of the flush that has just been written."""
        if flush == self.die_at_flush:
            os.kill(os.getpid(), signal.SIGKILL)


def from_environment(environment: Mapping[str, str]) -> Faults:
    """Raises ValueError on a name it does not know, so that a mistyped fault cannot make a test pass."""
    value = environment.get(VARIABLE, "")
    name, _, number = value.partition("=")
    if not value:
        return Faults()
    if value == "ack-before-write":
        return Faults(ack_before_write=True)
    if name == "die-between-write-and-ack" and number.isdecimal():
        return Faults(die_at_flush=int(number))
    raise ValueError(f"{VARIABLE}={value} is not a fault this program knows: see pipelines/store/faults.py")
