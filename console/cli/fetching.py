"""Fetching the one page `judge URL` asks for: once, as the operator, after robots.txt, by the crawler's own client."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from console.cli import words
from crawler.errors import FetchError
from crawler.exits import Exit
from crawler.fetch.decoding import decode
from crawler.fetch.http import Answer, HttpClient
from crawler.plan import RoundPlan
from crawler.robots import product_token, rules_of, text_of
from rounds.check import sentence
from rounds.planning import Wanted, make_plan
from rounds.refusals import Refusal

MOST_REDIRECTS: Final = 5  # as browsers and robots.txt readers allow for one address typed by hand


class NotFetched(Refusal):
    """The page could not be had: the message says why."""

    exit = Exit.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page's decoded body and its Content-Type."""

    body: bytes
    content_type: str


async def fetch_once(url: str, organisation: str, contact: str, resolve: tuple[str, ...]) -> Fetched:
    """Fetch one page.  Raises NotFetched; BadPlan where the operator has not said who they are.

    Private addresses are refused unless `url` or `resolve` names one itself, as in a round.
    """
    plan = make_plan(Wanted(name="judge", sites=(url,), organisation=organisation, contact=contact, resolve=resolve))
    client = HttpClient(plan)
    try:
        await _ask_robots(client, plan, url)
        for _ in range(MOST_REDIRECTS + 1):
            answer = await client.get(url)
            if not 300 <= answer.status < 400 or not _header(answer, "location"):
                break
            url = urljoin(url, _header(answer, "location"))
        else:
            raise NotFetched(f"{url} 跳转超过 {MOST_REDIRECTS} 次")
        if answer.status >= 400:
            raise NotFetched(f"{url} 答复 HTTP {answer.status}")
        body = decode(answer.wire, _header(answer, "content-encoding"), plan.limits.decoded_bytes)
    except FetchError as error:
        why = sentence(error, plan.limits.page_seconds)
        raise NotFetched(f"{url} 取不到：{words.with_code(words.FAILURES, error.reason)}：{why}") from error
    finally:
        await client.close()
    return Fetched(body, _header(answer, "content-type"))


async def _ask_robots(client: HttpClient, plan: RoundPlan, url: str) -> None:
    answer = await client.get(urljoin(url, "/robots.txt"))
    text = text_of(answer.status, decode(answer.wire, _header(answer, "content-encoding"), plan.limits.decoded_bytes))
    if text is None:
        raise NotFetched(f"{url} 的 robots.txt 答复 HTTP {answer.status}：不清楚是否允许，没有采集")
    if text and not rules_of(text, product_token(plan.user_agent)).allows(url):
        raise NotFetched(f"{url} 不许采集（robots.txt）")


def _header(answer: Answer, name: str) -> str:
    return next((value for key, value in answer.headers if key.lower() == name), "")
