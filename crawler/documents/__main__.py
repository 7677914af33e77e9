"""The reading child: `python -m crawler.documents SECONDS MEGABYTES` reads attachments from stdin until that ends.

It writes no file, opens no more than a few, has so much memory, and dies by the alarm when one document takes longer,
whatever native code it is in; also when its worker was killed and cannot end it.
"""

import os
import resource
import signal
import sys
from typing import BinaryIO

from cleaning.documents.document import Document, Note
from cleaning.documents.extract import extract
from crawler.documents.protocol import QUESTION, answer

_FILES = 64  # open at once: libraries, pipes, a spare few


def main() -> None:
    """Answer every question in turn."""
    seconds, megabytes = int(sys.argv[1]), int(sys.argv[2])
    for limit, value in (
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _FILES),
    ):
        resource.setrlimit(limit, (value, value))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which ends this process by its stdin
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must not stand between answers
    while (head := sys.stdin.buffer.read(QUESTION.size)) and len(head) == QUESTION.size:
        signal.alarm(seconds)
        answers.write(answer(_read(sys.stdin.buffer, *QUESTION.unpack(head))))
        signal.alarm(0)


def _read(source: BinaryIO, size: int, name_size: int) -> Document:
    body = source.read(size)
    name = source.read(name_size).decode("utf-8", "replace")
    try:
        return extract(body, name=name)
    except MemoryError:
        return Document("other", note=Note.TOO_LARGE, detail="needs more memory than a document may have")


if __name__ == "__main__":
    main()
