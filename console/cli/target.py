"""Where an export goes: to stdout, or to a file that bears its name only once it is whole."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipelines.whole_file import whole_file
from rounds.refusals import BadChoice


@contextmanager
def target(output: Path | None) -> Iterator[IO[bytes]]:
    """Stdout, or a file that bears its name only once it is whole."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if not output.parent.is_dir():
        raise BadChoice(f"没有文件夹 {output.parent}：先建好它，或用 -o 写到别处")
    with whole_file(output) as file:
        yield file
