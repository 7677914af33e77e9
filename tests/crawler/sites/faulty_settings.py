"""A worker's settings with faults put in: a step that raises, one that drops, a refusal, and a callback that fails.

Each fault strikes the pages whose URL names it.  With `FAULTY_WITHOUT_MIDDLEWARES` only those that need none are put in.
"""

import os

from scrapy.exceptions import DropItem, IgnoreRequest

import cleaning.read
from crawler import settings as real
from crawler.settings import *  # noqa: F403

_HERE = "tests.crawler.sites.faulty_settings"
_original = cleaning.read.read

ITEM_PIPELINES = real.ITEM_PIPELINES | {f"{_HERE}.RaisingStep": 150, f"{_HERE}.DroppingStep": 250}
if "FAULTY_WITHOUT_MIDDLEWARES" not in os.environ:
    DOWNLOADER_MIDDLEWARES = {f"{_HERE}.Ignoring": 100}
    SPIDER_MIDDLEWARES = {f"{_HERE}.FailingOutput": 100}


def _struck(item, fault):
    return hasattr(item, "capture") and fault in item.lease.key


class RaisingStep:
    """A step that does not look after itself."""

    def process_item(self, item):
        """Scrapy's call."""
        if _struck(item, "step-raises"):
            raise ZeroDivisionError("put in by the test: step")
        return item


class DroppingStep:
    """A step that drops."""

    def process_item(self, item):
        """Scrapy's call."""
        if _struck(item, "step-drops"):
            raise DropItem("put in by the test: drop")
        return item


class Ignoring:
    """A middleware that refuses requests."""

    def process_request(self, request):
        """Scrapy's call."""
        if "ignored" in request.url:
            raise IgnoreRequest("put in by the test: ignored")


class FailingOutput:
    """What stands between the callback and the pipeline fails."""

    async def process_spider_output(self, response, result):  # noqa: ARG002 - Scrapy's signature
        """Scrapy's call."""
        async for item in result:
            if _struck(item, "output-fails"):
                raise ZeroDivisionError("put in by the test: output")
            yield item


def _reading(body, url, **words):
    if "callback-raises" in url:
        raise ZeroDivisionError("put in by the test: callback")
    return _original(body, url, **words)


cleaning.read.read = _reading  # before the spider takes the name
