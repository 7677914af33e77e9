"""The errors of this room; the store's own are in `pipelines.store.errors`.

PipelineError
├── ArchiveError
│   ├── BadArchiveUrl   the archive's address cannot be used, or its client is not installed: correct the setting
│   ├── BadMark         a setting of free room cannot be read: correct it
│   ├── ArchiveAway     the object store cannot be used now: wait and try again
│   ├── RecordMissing   no readable record stands at this address: the file is gone, or was cut short
│   └── RecordBroken    bytes stand there, but they are not the record that was written
"""

from crawler.exits import Exit


class PipelineError(Exception):
    """Base of this room's errors; `exit` is what a process ends with when nobody handles it."""

    exit = Exit.INTERNAL


class ArchiveError(PipelineError):
    """The archive could not be addressed or read."""


class BadArchiveUrl(ArchiveError):
    """The archive's address cannot be used."""

    exit = Exit.BAD_INPUT


class BadMark(ArchiveError):
    """A setting names no amount of free room."""

    exit = Exit.BAD_INPUT


class ArchiveAway(ArchiveError):
    """The object store does not answer, or does not do what it is asked."""

    exit = Exit.SERVICES


class RecordMissing(ArchiveError):
    """No bytes stand at this address."""

    exit = Exit.NOT_FOUND


class RecordBroken(ArchiveError):
    """The bytes at this address are not one whole archive record."""

    exit = Exit.DIFFERENCES
