"""A worker's settings with a poison put in: reading a page whose URL says so kills the worker on the spot.

Such are `/poison.html` on every host, and the URLs in `TEST_POISON` (a blank between two).
"""

import os
import signal

import cleaning.read
from crawler.settings import *  # noqa: F403

_original = cleaning.read.read
_poison = frozenset(os.environ.get("TEST_POISON", "").split())


def _reading(body, url, **words):
    if url in _poison or url.endswith("/poison.html"):
        os.kill(os.getpid(), signal.SIGKILL)
    return _original(body, url, **words)


cleaning.read.read = _reading  # before the spider takes the name
