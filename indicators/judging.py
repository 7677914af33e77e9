"""By what a page was judged: one short name for the catalogue, the cleaning rules and the code that reads both.

Two pages with the same bytes and the same name have the same verdict and tags, on any machine; another name means that
nothing is known of what has changed.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import cleaning

LENGTH: Final = 16  # hex digits
_ROOMS: Final = (Path(cleaning.__file__).parent, Path(__file__).parent)


@cache
def judged_by() -> str:
    """The name, of this installation: a hash over every file of the two rooms that judge."""
    from indicators import catalogue  # noqa: PLC0415 -- whoever reads records loads this file, and needs no rules

    digest = hashlib.sha256(catalogue.load().version.encode())
    for name, body in _files():
        digest.update(f"{name} {len(body)}\n".encode())
        digest.update(body)
    return digest.hexdigest()[:LENGTH]


def _files() -> Iterator[tuple[str, bytes]]:
    for room in _ROOMS:
        for file in sorted(room.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield f"{room.name}/{file.relative_to(room).as_posix()}", file.read_bytes()
