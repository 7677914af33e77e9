"""Pages that a server gives only in answer to a form or a query in the request's body, and how they are named.

A page's identity is its URL, so such a page is named by the address that is asked plus one reserved parameter at the
end: `__json={…}` is a body of JSON, `__form=a%3D1` one of a form, `__EVENTTARGET=…&__EVENTARGUMENT=…` a step of an ASP.NET form whose other fields
are the list page's own (web archives name answers to POST alike, with `__wb_method`).  Why: decision 30.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, unquote_plus

MAX_URL: Final = 1_900  # characters: what carries a body must not be cut as too long
BODY: Final = re.compile(r"[?&]__(json|form)=([^&#]*)$")
TYPES: Final = {"json": "application/json; charset=utf-8", "form": "application/x-www-form-urlencoded; charset=utf-8"}
STEP: Final = re.compile(r"[?&]__EVENTTARGET=([^&#]{1,1500})&__EVENTARGUMENT=([^&#]{0,1500})$")


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an ASP.NET form at `address`: what `__doPostBack(target, argument)` sends."""

    address: str
    target: str
    argument: str


@dataclass(frozen=True, slots=True)
class Query:
    """A body sent to `address`: `kind` is json or form."""

    address: str
    kind: str
    body: bytes


def step_url(address: str, target: str, argument: str) -> str:
    """The name of the page that this step leads to."""
    return f"{_open(address)}__EVENTTARGET={quote(target, safe='')}&__EVENTARGUMENT={quote(argument, safe='')}"


def query_url(address: str, kind: str, body: bytes) -> str:
    """The name of the answer to this query; '' where the body is too long to be part of a URL."""
    url = f"{_open(address)}__{kind}={quote(body, safe='')}"
    return url if len(url) <= MAX_URL else ""


def asked(url: str) -> Step | Query | None:
    """What is to be sent for this URL; None for every ordinary one."""
    if "__" not in url:
        return None
    if found := STEP.search(url):
        return Step(_bare(url, found), unquote_plus(found[1]), unquote_plus(found[2]))
    if found := BODY.search(url):
        return Query(_bare(url, found), found[1], unquote(found[2]).encode())
    return None


def _open(address: str) -> str:
    return address + ("&" if "?" in address else "?")


def _bare(url: str, found: re.Match[str]) -> str:
    return url[: found.start()]
