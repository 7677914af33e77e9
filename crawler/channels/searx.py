"""The JSON interface of a SearXNG instance (docs.searxng.org, Search API): the question, and what its answer says.  Pure.

`GET /search?q=…&format=json&pageno=1`; the instance must list `json` under `search.formats` in its settings.yml, else it
answers 403 or, behind some proxies, the HTML page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson

from crawler.channels.errors import BadAddress, BadAnswer

MOST_PAGES: Final = 10  # of results: engines give no more than a hundred, and SearXNG asks each of them for each page
MEND: Final = "在实例的 settings.yml 里给 search.formats 加上 json，并确认地址指向 /search"


@dataclass(frozen=True, slots=True)
class Hit:
    """One result; `place` counts from 1 over all pages of the question."""

    url: str
    title: str
    content: str
    engines: tuple[str, ...]
    place: int
    published: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results; `silent` engines did not answer, so that what is not here is not observed, never absent."""

    query: str
    page: int
    hits: tuple[Hit, ...]
    silent: tuple[str, ...]


def instance_url(text: str) -> str:
    """The search address of an instance; BadAddress where it is no http(s) URL."""
    parts = urlsplit(text.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise BadAddress(f"搜索实例的地址 {text!r} 不对：应是 http(s)://主机[:端口]/search")
    return parts._replace(path=parts.path if parts.path.strip("/") else "/search", fragment="").geturl()


def question(instance: str, query: str, page: int = 1, *, engines: tuple[str, ...] = ()) -> str:
    """The URL that asks for one page of results, without safe search and in Chinese."""
    asked = {"q": query, "format": "json", "pageno": str(page), "language": "zh-CN", "safesearch": "0"}
    if engines:
        asked["engines"] = ",".join(engines)
    return f"{instance}?{urlencode(asked)}"


def asked_of(url: str) -> tuple[str, int]:
    """The query and the page that a question's URL asks for."""
    fields = parse_qs(urlsplit(url).query)
    page = fields.get("pageno", ["1"])[0]
    return fields.get("q", [""])[0], int(page) if page.isdecimal() else 1


def read_answer(url: str, body: bytes, *, per_page: int = 10) -> Found:
    """What an instance answers for a question.  BadAnswer, naming the instance, where it is not its JSON."""
    query, page = asked_of(url)
    place = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
    try:
        answer = orjson.loads(body)
        rows = answer["results"]
        hits = tuple(_hit(row, number) for number, row in enumerate(rows, (page - 1) * per_page + 1))
        silent = tuple(str(one[0] if isinstance(one, list) else one) for one in answer.get("unresponsive_engines", ()))
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError, AttributeError) as error:
        what = "网页" if b"<html" in body[:2000].lower() else "别的内容"
        raise BadAnswer(f"搜索实例 {place} 答的是{what}，不是 SearXNG 的 JSON：{MEND}") from error
    return Found(query, page, tuple(hit for hit in hits if hit.url), silent)


def _hit(row: dict[str, Any], place: int) -> Hit:
    url = row["url"]
    return Hit(
        url=url if isinstance(url, str) and url.startswith(("http://", "https://")) else "",
        title=str(row.get("title") or ""),
        content=str(row.get("content") or ""),
        engines=tuple(map(str, row.get("engines") or ([row["engine"]] if row.get("engine") else []))),
        place=place,
        published=str(row.get("publishedDate") or ""),
    )
