"""The errors of this room.

CrawlerError
├── SettingsError       services or the round's name are missing: set them, or run `caifeng up`
├── FrontierError
│   ├── UnknownRound    Redis holds no plan under this name
│   └── FrontierAway    Redis cannot be reached: the caller waits and tries again
"""

from crawler.exits import Exit


class CrawlerError(Exception):
    """Base of this room's errors; `exit` is what a process ends with when nobody handles it."""

    exit = Exit.INTERNAL


class SettingsError(CrawlerError):
    """The worker was not told where its services are, or which round it serves."""

    exit = Exit.SERVICES


class FrontierError(CrawlerError):
    """The frontier refused or could not do what it was asked."""


class UnknownRound(FrontierError):
    """Redis holds no plan under this round's name: create it with `caifeng round new`."""

    exit = Exit.NOT_FOUND


class FrontierAway(FrontierError):
    """Redis could not be reached in time."""

    exit = Exit.SERVICES
