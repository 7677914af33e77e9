"""The errors of the channels.

ChannelError
├── BadAnswer     an instance or a feed answers something else than its protocol: named with what to change
└── BadAddress    an address that no instance or feed can have
"""

from crawler.errors import CrawlerError
from crawler.exits import Exit


class ChannelError(CrawlerError):
    """Base."""

    exit = Exit.BAD_INPUT


class BadAnswer(ChannelError):
    """What came is not what the protocol says; nothing of it was kept."""


class BadAddress(ChannelError):
    """This cannot be asked."""
