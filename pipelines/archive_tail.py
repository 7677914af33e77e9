"""Where the whole records of an archive file end: a writer that was killed may leave part of one behind them."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Final

_READ: Final = 1 << 20  # bytes at a time, before and after inflating


def whole_until(path: Path, start: int = 0) -> int:
    """The offset after the last whole gzip member at or after `start`, which must be a member's beginning.

    Less than the file's size where the tail is torn.  Raises OSError.
    """
    whole = at = start
    engine = _engine()
    with path.open("rb") as file:
        file.seek(start)
        while data := file.read(_READ):
            while data:
                try:
                    engine.decompress(data, _READ)
                except zlib.error:
                    return whole
                rest = engine.unused_data if engine.eof else engine.unconsumed_tail
                at += len(data) - len(rest)
                data = rest
                if engine.eof:
                    whole, engine = at, _engine()
    return whole


def _engine() -> zlib._Decompress:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)
