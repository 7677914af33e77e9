"""The same job from the usual parts, the chain people build first.

scrapy-redis, LinkExtractor, trafilatura, the simhash package, pyahocorasick, warcio, one upsert per page.  Arguments:
HOSTS, METER_FILE, REDIS_URL, MONGO_URL, TERMS (a JSON file), ARCHIVE.  It leases nothing, keeps no depths, judges nothing
and survives no kill.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ahocorasick
import pymongo
import redis
import scrapy
import trafilatura
from crawl.bare import SETTINGS, Bare, run
from scrapy.http import Response
from simhash import Simhash
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

FIELDS = ("url", "title", "text", "published", "simhash", "terms", "links")


class Usual(Bare):
    """Bare crawl, and an item per page."""

    name = "usual"

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        """Links to requests; the page to the pipeline."""
        links = self.extractor.extract_links(response)  # type: ignore[arg-type]
        yield {"response": response, "links": [link.url for link in links]}
        for link in links:
            yield scrapy.Request(link.url)


class Archive:
    """warcio, gzip at its default."""

    def __init__(self) -> None:
        self._file = Path(sys.argv[6]).open("wb")  # noqa: SIM115  open as long as the process
        self._writer = WARCWriter(self._file, gzip=True)

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """One record."""
        response = item["response"]
        headers = [(name.decode(), values[0].decode()) for name, values in response.headers.items()]
        head = StatusAndHeaders(f"{response.status} OK", headers, protocol="HTTP/1.1")
        record = self._writer.create_warc_record(
            response.url, "response", payload=io.BytesIO(response.body), http_headers=head
        )
        self._writer.write_record(record)
        return item


class Extract:
    """trafilatura and the simhash of its text."""

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """Text and fingerprint."""
        response = item["response"]
        item["title"] = response.css("title::text").get("")
        item["published"] = response.css('meta[name="PubDate"]::attr(content)').get("")
        item["text"] = trafilatura.extract(response.text) or ""
        item["simhash"] = f"{Simhash(item['text']).value:016x}"
        return item


class Tag:
    """pyahocorasick over the catalogue's terms."""

    def __init__(self) -> None:
        self._automaton = ahocorasick.Automaton()
        for term in json.loads(Path(sys.argv[5]).read_text("utf-8")):
            self._automaton.add_word(term, term)
        self._automaton.make_automaton()

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """Terms found."""
        item["terms"] = sorted({term for _, term in self._automaton.iter(item["text"])})
        return item


class Store:
    """One upsert per page."""

    def __init__(self) -> None:
        self._pages = pymongo.MongoClient(sys.argv[4])["usual"]["pages"]
        self._pages.drop()
        self._pages.create_index("simhash")

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """Written."""
        item["url"] = item.pop("response").url
        self._pages.replace_one({"_id": item["url"]}, {name: item[name] for name in FIELDS}, upsert=True)
        return item


if __name__ == "__main__":
    redis.Redis.from_url(sys.argv[3]).flushdb()
    steps = {"__main__.Archive": 1, "__main__.Extract": 2, "__main__.Tag": 3, "__main__.Store": 4}
    chain = {
        "SCHEDULER": "scrapy_redis.scheduler.Scheduler",
        "DUPEFILTER_CLASS": "scrapy_redis.dupefilter.RFPDupeFilter",
        "REDIS_URL": sys.argv[3],
        "ITEM_PIPELINES": steps,
    }
    run(Usual, SETTINGS | chain)
