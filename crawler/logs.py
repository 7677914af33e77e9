"""Scrapy logs each dropped and scraped item whole, body and all; ours are told in counters instead."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class QuietFormatter(LogFormatter):
    """One short line where Scrapy would print the item."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:  # noqa: ARG002
        """An item left the pipeline."""
        return {"level": logging.DEBUG, "msg": "ended %(key)s", "args": {"key": _key(item)}}

    def item_error(
        self,
        item: Any,
        exception: BaseException,  # noqa: ARG002
        response: Response | Failure | None,  # noqa: ARG002
        spider: Spider,  # noqa: ARG002
    ) -> LogFormatterResult:
        """A pipeline step raised."""
        return {"level": logging.ERROR, "msg": "pipeline failed on %(key)s", "args": {"key": _key(item)}}


def _key(item: Any) -> str:
    return str(getattr(getattr(item, "lease", None), "key", type(item).__name__))
