"""A worker's settings with a poison put in: a page whose URL says so kills the worker on the spot.

Such are `/poison.html` on every host, and the URLs in `TEST_POISON` (a blank between two).  `TEST_POISON_AT` says in whose
hands: before the request is made (`request`), in decoding, reading (when nothing is said) or judging the answer.
"""

import os
import signal

import cleaning.read
import cleaning.verdict
import crawler.fetch.decoding
from crawler.settings import *  # noqa: F403

_poison = frozenset(os.environ.get("TEST_POISON", "").split())
_read, _decode, _judge = cleaning.read.read, crawler.fetch.decoding.decode, cleaning.verdict.judge


def _kills(url):
    if url in _poison or url.endswith("/poison.html"):
        os.kill(os.getpid(), signal.SIGKILL)


class PoisonedRequest:
    """A downloader middleware."""

    def process_request(self, request):
        """Scrapy's call."""
        _kills(request.url)


def _reading(body, url, **words):
    _kills(url)
    return _read(body, url, **words)


def _decoding(wire, *words):
    if "关于/poison.html".encode() in wire:  # it is not told the URL
        _kills("/poison.html")
    return _decode(wire, *words)


def _judging(reading):
    _kills(reading.url)
    return _judge(reading)


match os.environ.get("TEST_POISON_AT", "read"):  # all before the spider takes the names
    case "request":
        DOWNLOADER_MIDDLEWARES = {PoisonedRequest: 500}
    case "decode":
        crawler.fetch.decoding.decode = _decoding
    case "judge":
        cleaning.verdict.judge = _judging
    case _:
        cleaning.read.read = _reading
