"""Scrapy logs each dropped and scraped item whole, body and all; ours are told in counters instead."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


def only_what_is_shown(level: str) -> None:
    """Let loggers drop what no handler shows: Scrapy opens the root for all levels, and drivers log every command."""
    logging.getLogger().setLevel(level)


class QuietFormatter(LogFormatter):
    """No line for each page, and one short line where Scrapy would print a failed item."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> None:  # type: ignore[override]
        """A page came: told in the worker's report."""

    def scraped(  # type: ignore[override]
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> None:
        """An item left the pipeline: told in the round's ledger."""

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
