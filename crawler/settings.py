"""Scrapy's settings, and the only place of this room that reads the environment.

`rounds` writes `.caifeng/services.json`; it is only read here.  Where neither it nor the CAIFENG_* variables say where
Redis and MongoDB are, the spider ends with exit code 5 (see docs/exit-codes.md).
"""

import os
from pathlib import Path
from typing import Any, Final

import orjson

from crawler.documents.desk import CHILD_ENVIRONMENT


def _services() -> dict[str, Any]:
    home = Path(os.environ.get("CAIFENG_HOME", ".caifeng"))
    try:
        found = orjson.loads((home / "services.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


_FOUND: Final = _services()

CAIFENG_REDIS_URL = os.environ.get("CAIFENG_REDIS_URL") or _FOUND.get("redis_url", "")
CAIFENG_MONGO_URL = os.environ.get("CAIFENG_MONGO_URL") or _FOUND.get("mongo_url", "")
CAIFENG_ARCHIVE_URL = os.environ.get("CAIFENG_ARCHIVE_URL") or _FOUND.get("archive_url", "")
CAIFENG_BROWSER = os.environ.get("CAIFENG_BROWSER") or _FOUND.get("browser", "")
CAIFENG_WORKER = os.environ.get("CAIFENG_WORKER", "")  # a name given by the supervisor, so that it can release leases
CAIFENG_OUTLINK_STORE = "pipelines.store.outlinks.open_outlink_store"
CAIFENG_SPILL_STORE = "pipelines.store.spill.open_spill_store"
CAIFENG_EARLIER_ROUND = "pipelines.revisits.open_earlier_round"
# For the child that reads attachments: the rest names services and their passwords.
CAIFENG_CHILD_ENVIRONMENT = {name: os.environ[name] for name in CHILD_ENVIRONMENT if name in os.environ}
CAIFENG_QUEUE_WINDOW = os.environ.get("CAIFENG_QUEUE_WINDOW") or "1000"  # URLs a host queues in Redis
CAIFENG_DISK_PAUSE = os.environ.get("CAIFENG_DISK_PAUSE", "")  # free room below which nothing more is claimed
CAIFENG_DISK_RESUME = os.environ.get("CAIFENG_DISK_RESUME", "")  # free room from which claims go on
CAIFENG_SIMHASH = os.environ.get("CAIFENG_SIMHASH") or "own"  # or package: the reference, slower, of the same values
CAIFENG_PLACES = 64  # leases a worker may have in hand; pages on their way into the store stand beside them

BOT_NAME = "caifeng"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

ITEM_PIPELINES = {
    "pipelines.archive.ArchiveStep": 100,
    "pipelines.clean.CleanStep": 200,
    "pipelines.tag.TagStep": 300,
    "pipelines.dedupe.DedupeStep": 400,
    "pipelines.store.step.StoreStep": 500,
}

ITEM_PROCESSOR = "crawler.shortcut.ItemProcessor"

DOWNLOAD_HANDLERS_BASE: dict[str, str] = {}
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetch.handler.FetchHandler",
    "https": "crawler.fetch.handler.FetchHandler",
}
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop"

# A lease is one request: redirects, retries, robots, cookies and politeness are the frontier's transitions, and what
# Scrapy's middlewares would do per link is done once per page on plain strings.
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
ROBOTSTXT_OBEY = False
COOKIES_ENABLED = False
RETRY_ENABLED = False
REDIRECT_ENABLED = False
CONCURRENT_REQUESTS = CAIFENG_PLACES
CONCURRENT_REQUESTS_PER_DOMAIN = CAIFENG_PLACES
CONCURRENT_ITEMS = 1  # tasks that Scrapy starts for each response: a callback of ours gives one item at most
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 256_000_000  # bytes of responses under way before the engine backs out

EXTENSIONS_BASE: dict[str, int] = {}
TELNETCONSOLE_ENABLED = False
LOG_LEVEL = os.environ.get("CAIFENG_LOG_LEVEL", "INFO")
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LOG_FORMATTER = "crawler.logs.QuietFormatter"
PLAYWRIGHT_BROWSER_TYPE = "chromium"
