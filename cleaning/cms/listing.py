"""Lists that a service answers in JSON: their entries, where these lead, and how further pages are asked for.

Nothing is known of any one platform.  The entries are the longest array of objects in the answer.  Where they carry
no addresses, the page that was drawn from them shows how one is made: what of its links repeats a value of the entry
is a field of the template.  Pages are counted by the parameters and totals that such services have in common.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote

import orjson

from cleaning.posted import query_url
from cleaning.scripts import HAN, LISTED_URL, LOOKS_LIKE_URL, TITLE_KEYS
from cleaning.urls import canonicalize

MAX_BYTES: Final = 4_000_000  # of one answer
MAX_DEPTH: Final = 8
MAX_NODES: Final = 50_000
MAX_PAGES: Final = 20_000  # of one list; more is no list
MAX_ENTRIES: Final = 5_000
MOST: Final = 0.8  # of the entries must have their link drawn by one template; menus and pagers match a few by chance
LONG: Final = 3  # characters a value has in the mean that tells entries apart: shorter ones are counters
SURE: Final = 6  # the same where there is one entry only

PAGE_NAMES: Final = frozenset(
    {"page", "pageno", "pagenum", "pageindex", "pagenumber", "curpage", "currentpage", "current", "nowpage", "pn"}
)
START_NAMES: Final = frozenset({"start", "offset", "startrecord", "startindex", "skip"})
END_NAMES: Final = frozenset({"end", "endrecord", "endindex", "endrow"})
SIZE_NAMES: Final = frozenset({"pagesize", "size", "rows", "limit", "perpage", "pagerows", "length", "ps"})
TOTAL_NAMES: Final = frozenset(
    {"total", "totalcount", "totalelements", "count", "recordcount", "totalrecord", "totalrecords", "records"}
    | {"totalnum", "totalrows", "rowcount", "totalsize"}
)
TOTAL_PAGE_NAMES: Final = frozenset({"totalpage", "totalpages", "pages", "pagecount", "pagetotal"})
ADDRESS_KEY: Final = re.compile(r"(?:url|href|link)$", re.IGNORECASE)
NAME_KEY: Final = re.compile(r"(?:name|title|subject)$", re.IGNORECASE)
CALLBACK: Final = re.compile(rb"\s*[\w$.]{1,80}\(\s*([\[{][\s\S]*[\]}])\s*\)\s*;?\s*$")
PARTS: Final = re.compile(r"([/?&=])")
FIELD: Final = re.compile(r"\{(\w{1,60})\}")


@dataclass(frozen=True, slots=True)
class Listing:
    """The entries of an answer, how many there are on all pages, and how many pages (0: it does not say)."""

    entries: tuple[Mapping[str, Any], ...]
    total: int
    pages: int


@dataclass(frozen=True, slots=True)
class Asked:
    """How an answer was asked for: `sent` is the body of the request, `kind` json, form or '' for none."""

    url: str
    kind: str = ""
    sent: bytes = b""


def read_listing(body: bytes) -> Listing | None:
    """The list in an answer of JSON (or JSONP); None where there is none."""
    if len(body) > MAX_BYTES:
        return None
    try:
        data = orjson.loads(found[1] if (found := CALLBACK.match(body)) else body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return None
    entries: Sequence[Mapping[str, Any]] = ()
    total = pages = 0
    for key, value in _walk(data):
        if isinstance(value, list):
            rows = [row for row in value[:MAX_ENTRIES] if isinstance(row, dict) and _title(row)]
            if len(rows) > len(entries):
                entries = rows
        elif isinstance(value, int | str) and not isinstance(value, bool) and str(value).isdecimal():
            name = key.lower().replace("_", "")
            total = total or (int(value) if name in TOTAL_NAMES else 0)
            pages = pages or (int(value) if name in TOTAL_PAGE_NAMES else 0)
    return Listing(tuple(entries), total, pages) if entries else None


def _walk(data: Any) -> Iterator[tuple[str, Any]]:
    """Every named value, nearest the top first; entries of lists are not entered."""
    level: list[tuple[str, Any, int]] = [("", data, 0)]
    for seen, (key, value, depth) in enumerate(level):
        if seen > MAX_NODES:
            return
        yield key, value
        if isinstance(value, dict) and depth < MAX_DEPTH:
            level += [(str(name), inner, depth + 1) for name, inner in value.items()]


def titles(found: Listing) -> list[str]:
    """What the entries are called, in order."""
    return [_title(entry) for entry in found.entries]


def _title(entry: Mapping[str, Any]) -> str:
    """The entry's name: under a usual key, else under one that ends like it, else its first Chinese text."""
    texts = {key: value.strip() for key, value in entry.items() if isinstance(value, str) and len(value) <= 2_000}
    for named in (lambda key: key.lower() in TITLE_KEYS, NAME_KEY.search, lambda _: True):
        for key, value in texts.items():
            if named(key) and len(HAN.findall(value[:60])) >= 2:
                return value
    return ""


def addresses(found: Listing, template: str) -> list[tuple[str, str]]:
    """Where the entries lead, each with its name: by `template`, or by the addresses they carry where it is ''."""
    pairs = ((_filled(template, entry) if template else _carried(entry), _title(entry)) for entry in found.entries)
    return [(url, title) for url, title in pairs if url]


def _carried(entry: Mapping[str, Any]) -> str:
    """The address an entry carries itself."""
    for key, value in entry.items():
        if isinstance(value, str) and (
            LISTED_URL.fullmatch(value) or (ADDRESS_KEY.search(key) and LOOKS_LIKE_URL.fullmatch(value))
        ):
            return value
    return ""


def _filled(template: str, entry: Mapping[str, Any]) -> str:
    values = {name: _scalar(entry.get(name)) for name in FIELD.findall(template)}
    return "" if "" in values.values() else FIELD.sub(lambda one: quote(values[one[1]], safe=""), template)


def template_of(found: Listing, drawn: Iterable[str]) -> str:
    """How the links that a page drew from these entries are made, as a URL with `{field}`s; '' where they are not."""
    telling, varying = _fields(found.entries)
    owners: defaultdict[str, set[int]] = defaultdict(set)
    for number, entry in enumerate(found.entries):
        for name in telling:
            owners[_scalar(entry[name])].add(number)
    covered: defaultdict[str, set[int]] = defaultdict(set)
    for url in drawn:
        for template, number in _templates(url, found.entries, owners, telling, varying):
            covered[template].add(number)
    enough = [
        template
        for template, numbers in covered.items()
        if len(numbers) >= MOST * len(found.entries) and _length(template, found.entries, telling) >= LONG
    ]
    best = max(enough, key=lambda one: (len(covered[one]), -len(FIELD.findall(one)), one), default="")
    alone = len(found.entries) == 1 and best and _length(best, found.entries, telling) < SURE
    return "" if alone else best


def _length(template: str, entries: Sequence[Mapping[str, Any]], telling: frozenset[str]) -> float:
    """Characters that the values telling the entries apart have in the mean."""
    names = [name for name in FIELD.findall(template) if name in telling]
    lengths = [len(_scalar(entry[name])) for entry in entries for name in names]
    return sum(lengths) / len(lengths) if lengths else 0.0


def _templates(
    url: str,
    entries: Sequence[Mapping[str, Any]],
    owners: Mapping[str, set[int]],
    telling: frozenset[str],
    varying: frozenset[str],
) -> Iterator[tuple[str, int]]:
    """What the URL looks like when values of one entry are taken out of it, for each entry it may be made of."""
    parts = PARTS.split(url)
    for number in {number for part in parts for name in _spellings(part) for number in owners.get(name, ())}:
        fields = {_scalar(entries[number].get(name)): name for name in sorted(varying - telling)}
        fields |= {_scalar(entries[number][name]): name for name in sorted(telling)}
        fields.pop("", None)
        yield "".join(_without(part, fields) for part in parts), number


def _spellings(part: str) -> tuple[str, ...]:
    plain = unquote(part)
    stem, dot, _ = plain.rpartition(".")
    return (plain, stem) if dot else (plain,)


def _without(part: str, fields: Mapping[str, str]) -> str:
    for spelled in _spellings(part):
        if name := fields.get(spelled):
            return f"{{{name}}}{unquote(part)[len(spelled) :]}"
    return part


def _fields(entries: Sequence[Mapping[str, Any]]) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the fields that tell every entry from every other, and of those that differ at all."""
    values: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        for name, value in entry.items():
            if FIELD.fullmatch(f"{{{name}}}") and (text := _scalar(value)):
                values[name][text] += 1
    of = len(entries)
    return (
        frozenset(name for name, seen in values.items() if len(seen) == of),
        frozenset(name for name, seen in values.items() if len(seen) > 1),
    )


def _scalar(value: Any) -> str:
    plain = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if plain and len(str(value)) <= 200 else ""


def further(asked: Asked, found: Listing, *, onward: bool = False) -> list[str]:
    """The other pages of the list (`onward`: those behind this one), as URLs; see `cleaning.posted` for bodies."""
    fields = _asked_fields(asked)
    size, start = _named(fields, SIZE_NAMES), None
    name = _named(fields, PAGE_NAMES)
    if name is None:
        name = start = _named(fields, START_NAMES)
    if name is None:
        return []
    rows = int(str(fields[size])) if size is not None and int(str(fields[size])) else len(found.entries)
    seen, step = int(str(fields[name])), 1 if start is None else rows
    first = seen % step if step > 1 else min(seen, 1)
    count = found.pages if start is None and found.pages else -(-found.total // rows)
    if not count:  # it does not say how many there are: the next one, where this one is full
        count = (seen - first) // step + 2 if len(found.entries) >= rows else 0
    if not 1 < count <= MAX_PAGES:
        return []
    numbers = (number * step + first for number in range(count))
    urls = (_with(asked, name, one) for one in numbers if one > seen or (one < seen and not onward))
    return [url for url in urls if url]


def question(asked: Asked) -> str:
    """What all pages of a list have in common: how it is asked for, its number (of an address: its range) left out."""
    fields = _asked_fields(asked)
    name = _named(fields, PAGE_NAMES) or _named(fields, START_NAMES)
    plain = (
        _with(asked, name, 0) if name else (query_url(asked.url, asked.kind, asked.sent) if asked.kind else asked.url)
    )
    end = None if asked.kind else _named(fields, END_NAMES)
    plain = _with(Asked(plain), end, 0) if end else plain
    return canonicalize(plain) or plain or asked.url


def _asked_fields(asked: Asked) -> dict[str, Any]:
    if asked.kind == "json":
        try:
            data = orjson.loads(asked.sent)
        except orjson.JSONDecodeError:
            return {}
        return data if isinstance(data, dict) else {}
    if asked.kind == "form":
        return dict(parse_qsl(asked.sent.decode("utf-8", "replace"), keep_blank_values=True))
    return dict(parse_qsl(asked.url.partition("?")[2], keep_blank_values=True))


def _named(fields: Mapping[str, Any], names: frozenset[str]) -> str | None:
    """The first field of such a name that holds a number."""
    for key, value in fields.items():
        if key.lower().replace("_", "") in names and not isinstance(value, bool) and str(value).isdecimal():
            return key
    return None


def _with(asked: Asked, name: str, number: int) -> str:
    """The same question with another number."""
    if asked.kind == "json":
        data = orjson.loads(asked.sent)
        return query_url(asked.url, "json", orjson.dumps(data | {name: type(data[name])(number)}))
    pattern = re.compile(rf"((?:^|[?&]){re.escape(name)}=)\d+(?=&|$)")
    if asked.kind == "form":
        return query_url(
            asked.url, "form", pattern.sub(rf"\g<1>{number}", asked.sent.decode("utf-8", "replace")).encode()
        )
    return pattern.sub(rf"\g<1>{number}", asked.url, count=1)
