"""The closed set of exit codes, of the command and of a worker alike.  `docs/exit-codes.md` lists them; a test compares."""

from enum import IntEnum


class Exit(IntEnum):
    """What a supervisor, a timer or a script may act on without reading logs."""

    OK = 0
    INTERNAL = 1  # a fault of ours; the trace is printed
    USAGE = 2  # unknown command, option or value
    NOT_FOUND = 3  # no such round, unit, URL or point
    BAD_INPUT = 4  # a file or argument that is refused whole
    SERVICES = 5  # Redis, MongoDB or the archive cannot be reached or started
    ENVIRONMENT = 6  # something is not installed: browser, redis-server, mongod
    CONFLICT = 7  # the name exists already, or the round is in the wrong state for this
    UNRESOLVED = 8  # round check found failures that were not accepted
    DIFFERENCES = 9  # audit, or the rehearsal's truth, does not agree
    INTERRUPTED = 10  # drained and resumable
    DISK = 11  # the archive or data volume is full
    PORT = 12  # an address asked for is taken
