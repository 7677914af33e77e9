"""The errors of this room.

RoundsError
├── RehearsalFailed       the rehearsal web's process did not begin or did not answer
├── WorkersFailing        workers die as soon as they begin: their log says why
├── LedgerOpen            a rebuilt queue does not add up: nothing was put in place, repeat it
└── ServicesError         the local or named services
    ├── Unreachable       a named Redis or MongoDB does not answer: mend the address, or unset it
    ├── NotStarted        a local server ended or stayed silent: its log says why
    ├── ServersGone       they were stopped, or moved, under a running crawl: start the crawl again
    ├── ServicesBusy      another command holds the set for too long: wait for it, or end it
    ├── DataVersion       the data directory was written by another version of the server
    ├── PortTaken         no free loopback port could be had
    ├── DiskFull          no room for the servers' data
    └── ProgramMissing    redis-server, mongod or the browser is not installed
"""

from crawler.exits import Exit


class RoundsError(Exception):
    """Base of this room's errors; `exit` is what the command ends with when nobody handles it."""

    exit = Exit.INTERNAL


class RehearsalFailed(RoundsError):
    """The rehearsal web could not be started or asked."""


class WorkersFailing(RoundsError):
    """Workers ended one after another before they could begin."""


class LedgerOpen(RoundsError):
    """The ledger of a rebuilt queue does not close."""

    exit = Exit.DIFFERENCES


class ServicesError(RoundsError):
    """The services cannot be had."""

    exit = Exit.SERVICES


class Unreachable(ServicesError):
    """A Redis or MongoDB named by the environment does not answer."""


class NotStarted(ServicesError):
    """A local server ended, or did not answer in time."""


class ServersGone(ServicesError):
    """The local servers were stopped on purpose, or came back elsewhere, while a crawl stood on them."""


class ServicesBusy(ServicesError):
    """Another command is starting or stopping the same set and did not finish."""


class DataVersion(ServicesError):
    """The data directory belongs to another version of the server."""


class PortTaken(ServicesError):
    """The port is in use by another program."""

    exit = Exit.PORT


class DiskFull(ServicesError):
    """The volume of the data directory is full."""

    exit = Exit.DISK


class ProgramMissing(ServicesError):
    """A program this machine needs is not installed."""

    exit = Exit.ENVIRONMENT
