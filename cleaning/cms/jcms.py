"""大汉 jcms: lists in a data store, and the address that gives the groups of records behind it.

A list page holds `<script type="text/xml"><datastore>` with the first group of records, each a `<record><![CDATA[…]]>`
of HTML, and a program that says how many there are and where the others come from: `var param_4501={columnid:'76',
unitid:'4501',…}` and `.jpage({totalRecord:1928, perPage:15, proxyUrl:'/module/web/jpage/dataproxy.jsp',
ajaxParam:param_4501})`.  The page's script asks for `dataproxy.jsp?startrecord=46&endrecord=90&perpage=15`, three pages at
a time, its parameters in the body; the same address answers them in the query too, as the store's own `<nextgroup>`
spells it.  The answer is a data store again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final
from urllib.parse import parse_qsl, quote

MAX_RECORDS: Final = 400_000  # of one list; more is no list
GROUP: Final = 3  # pages that the plug-in asks for at once: 1 to 45 by 15, 1 to 60 by 20, 1 to 120 by 40
MAX_CODE: Final = 200_000  # characters of one program that are searched
SIGNS: Final = ("jpage", "dataproxy")
TOTAL: Final = re.compile(r"\btotalRecord\s{0,5}:\s{0,5}[\"']?(\d{1,7})")
PER_PAGE: Final = re.compile(r"\bperPage\s{0,5}:\s{0,5}[\"']?(\d{1,4})")
GROUP_SIZE: Final = re.compile(r"\bgroupSize\s{0,5}:\s{0,5}[\"']?(\d{1,3})")
PROXY: Final = re.compile(r"\bproxyUrl\s{0,5}:\s{0,5}[\"']([^\"'\s<>]{1,500})[\"']")
PARAM: Final = re.compile(r"\bajaxParam\s{0,5}:\s{0,5}(?:\{([^{}]{1,3000})\}|([A-Za-z_$][\w$]{0,60}))")
PARAM_SET: Final = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]{0,60})\s{0,5}=\s{0,5}\{([^{}]{1,3000})\}")
FIELD: Final = re.compile(r"[\"']?(\w{1,40})[\"']?\s{0,5}:\s{0,5}(?:'([^'\n]{0,500})'|\"([^\"\n]{0,500})\"|(\d{1,12}))")
STORED_TOTAL: Final = re.compile(r"<totalrecord>\s{0,20}(\d{1,7})\s{0,20}</totalrecord>", re.IGNORECASE)
RECORD: Final = re.compile(r"<record>\s{0,200}<!\[CDATA\[", re.IGNORECASE)
NEXT: Final = re.compile(
    r"<nextgroup>\s{0,200}<!\[CDATA\[\s{0,200}<a\s[^>]{0,100}?href\s{0,3}=\s{0,3}[\"']([^\"'<>]{1,3000})[\"']",
    re.IGNORECASE,
)
RECORDS: Final = re.compile(r"<!\[CDATA\[([\s\S]*?)\]\]>")
RANGE_NAMES: Final = frozenset({"startrecord", "endrecord", "perpage", "page"})


@dataclass(frozen=True, slots=True)
class Store:
    """A data store: how many records it holds and speaks of (0: unknown), and what it calls its next group."""

    records: int
    total: int
    following: str


def read_store(markup: str) -> Store:
    """A data store of a page, or of an answer of the proxy."""
    total, following = STORED_TOTAL.search(markup), NEXT.search(markup)
    return Store(
        len(RECORD.findall(markup)), int(total[1]) if total else 0, unescape(following[1]) if following else ""
    )


def group_pages(stores: Sequence[Store], programs: Sequence[str]) -> list[str]:
    """Where the records come from that the page does not hold, group by group, relative to the page.

    Where no program says how many there are, the store's own next group, which leads to the one after it.
    """
    asked = [code[:MAX_CODE] for code in programs if any(sign in code for sign in SIGNS)]
    known = {found[1]: found[2] for code in asked for found in PARAM_SET.finditer(code)}
    pages: list[str] = []
    for number, code in enumerate(_plugs(asked)):
        store = stores[number] if number < len(stores) else Store(0, 0, "")
        pages += _groups(code, store, known)
    return pages or [store.following for store in stores if store.following]


def _plugs(codes: Sequence[str]) -> list[str]:
    """Each call of the plug-in, from its brace to the next call."""
    return [piece for code in codes for piece in re.split(r"\.\s{0,3}jpage\s{0,3}\(\s{0,3}(?=\{)", code)[1:]]


def _groups(code: str, store: Store, known: Mapping[str, str]) -> list[str]:
    total, per_page, size = TOTAL.search(code), PER_PAGE.search(code), GROUP_SIZE.search(code)
    proxy, query = _source(code, store, known)
    count = int(total[1]) if total else store.total
    if not proxy or not query or per_page is None or not int(per_page[1]) > 0 or not 0 < count <= MAX_RECORDS:
        return []
    rows = int(per_page[1])
    group = rows * (int(size[1]) if size and int(size[1]) else GROUP)
    first = store.records // group * group + 1 if store.records < count else count + 1
    return [
        f"{proxy}?startrecord={start}&endrecord={min(start + group - 1, count)}&perpage={rows}&{query}"
        for start in range(first, count + 1, group)
    ]


def _source(code: str, store: Store, known: Mapping[str, str]) -> tuple[str, str]:
    """Address and query of the proxy: as the program says, else as the store spells its next group."""
    spelled, _, rest = store.following.partition("?")
    named, given = PROXY.search(code), PARAM.search(code)
    fields = _fields((given[1] or known.get(given[2], "")) if given else "")
    if not fields:
        fields = [pair for pair in parse_qsl(rest, keep_blank_values=True) if pair[0] not in RANGE_NAMES]
    query = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in dict(fields).items())
    return (named[1] if named else spelled).partition("?")[0], query


def _fields(literal: str) -> list[tuple[str, str]]:
    return [(found[1], next(filter(None, found.groups()[1:]), "")) for found in FIELD.finditer(literal)]


def is_group(url: str) -> bool:
    """Whether a data proxy answers this address: with records, and nothing that says of which list they are."""
    return "startrecord=" in url or "dataproxy" in url


def page_of(markup: str, url: str) -> str | None:
    """The records of the proxy's answer as a page of HTML; None where `markup` is no data store.

    Its next group is part of it where the answer was itself asked for as one: what is asked for by its range has
    its groups named by the list page.
    """
    if not re.search(r"<(?:datastore|recordset)[\s>]", markup[:2_000], re.IGNORECASE):
        return None
    store = read_store(markup)
    body = markup[markup.lower().find("<recordset") :]
    rows = "\n".join(found[1] for found in RECORDS.finditer(body))
    more = "startrecord=" not in url and store.following
    link = f'<a href="{store.following.replace("&", "&amp;")}"></a>' if more else ""
    return f'<html><body><div class="list">{rows}</div>{link}</body></html>'
