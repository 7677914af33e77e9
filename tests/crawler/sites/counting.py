"""A Scrapy extension that tells how often each signal came, as an operator's own would listen."""

import json
from collections import Counter
from pathlib import Path

from scrapy import signals

NAMES = ("response_received", "item_scraped", "item_dropped", "item_error", "spider_error")


class Counting:
    """Writes `COUNTING_FILE` at the end."""

    def __init__(self, file):
        self.file = Path(file)
        self.seen = Counter()
        self.listeners = {name: self._listener(name) for name in NAMES}

    @classmethod
    def from_crawler(cls, crawler):
        """Scrapy's constructor."""
        counting = cls(crawler.settings["COUNTING_FILE"])
        for name, listener in counting.listeners.items():  # kept: Scrapy holds them weakly
            crawler.signals.connect(listener, signal=getattr(signals, name))
        crawler.signals.connect(counting.closed, signal=signals.spider_closed)
        return counting

    def closed(self):
        """The end."""
        self.file.write_text(json.dumps(self.seen))

    def _listener(self, name):
        def listen():
            self.seen[name] += 1

        return listen
