"""URL functions, named by strength: `normalize` makes a link fetchable, `canonicalize` makes it a page's key.

None of them raises on any string.  Rules follow the WHATWG URL standard where browsers and crawlers must agree.
"""

import re
import string
from functools import lru_cache
from hashlib import blake2b
from ipaddress import AddressValueError, IPv6Address
from typing import Final
from urllib.parse import quote

from cleaning.errors import NotAKeyError
from cleaning.session_marks import strip_path, strip_query
from cleaning.traps import TrapRule, trap_rule

__all__ = [
    "Resolver",
    "TrapRule",
    "canonicalize",
    "fingerprint",
    "host_of",
    "key_of",
    "normalize",
    "resolver",
    "trap_rule",
]

# WHATWG percent-encode sets, turned round: what `quote` may leave as it is ("%" stands for itself, valid or not).
PATH_SAFE: Final = "/%:@!$&'()*+,;=~[]|\\^-._"
QUERY_SAFE: Final = "/%:@!$&()*+,;=~[]|\\^-._?`{}"
SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]{0,40}):")
UNSAFE: Final = re.compile(r"[^!$&()*+,\-./0-9:;=@A-Z\[\\\]_a-z|~%?]")  # anything either set would escape
RELATIVE_STARTS: Final = frozenset("._" + string.digits + string.ascii_letters)
DOTS: Final = re.compile(r"/(?:\.|%2[eE]){1,2}(?:/|$)")
ONE_DOT: Final = frozenset({".", "%2e"})
TWO_DOTS: Final = frozenset({"..", ".%2e", "%2e.", "%2e%2e"})
PLAIN_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_\-]{0,62})(?:\.[a-z0-9_\-]{1,63}){0,40}")
SURROGATE: Final = re.compile(f"[{chr(0xD800)}-{chr(0xDFFF)}]")
ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})?")
EDGE: Final = "".join(map(chr, range(0x21))) + "\x7f\x85\xa0\u3000\u200b\ufeff"  # stripped from both ends of a link
DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
PORT: Final = re.compile(r"0{0,9}[1-9][0-9]{0,4}")
MAX_HOST: Final = 253  # RFC 1035, 255 octets on the wire


def normalize(base: str, link: str) -> str | None:
    """Absolute, fetchable http(s) URL of `link` as found on the page at `base`, or None.

    White space and control characters around it go, tabs and line ends inside too; backslashes count as slashes
    before the query; the fragment, the default port and user information are dropped; the host is lower case and
    IDNA; dot segments are resolved; path and query are percent-encoded in UTF-8 as a browser does.  mailto:,
    javascript:, data: and other schemes, and hosts no browser accepts, give None.  `base` may be empty: then only
    absolute links are fetchable.
    """
    return resolver(base).normalize(link)


@lru_cache(maxsize=256)
def resolver(base: str) -> "Resolver":
    """The (cached) resolver of one page's links."""
    return Resolver(base)


class Resolver:
    """Resolves the links of one page.  The base is taken apart once; the common spellings take a short way."""

    __slots__ = ("_base", "_directory", "_origin", "_path", "_scheme")

    def __init__(self, base: str) -> None:
        self._scheme, self._origin, self._path, self._base = "", "", "/", ""
        found = _absolute(base)
        if found:
            self._base = found
            self._scheme, rest = found.split("://", 1)
            host, _, path = rest.partition("/")
            self._origin = f"{self._scheme}://{host}"
            self._path = "/" + path.partition("?")[0]
        self._directory = self._path[: self._path.rindex("/") + 1]

    def normalize(self, link: str) -> str | None:
        """See :func:`normalize`."""
        link = link.strip(EDGE)
        if "\n" in link or "\t" in link or "\r" in link:
            link = link.replace("\n", "").replace("\t", "").replace("\r", "")
        link = link.partition("#")[0]
        scheme = SCHEME.match(link)
        if scheme:
            name = scheme[1].lower()
            if name not in DEFAULT_PORTS:
                return None
            rest = link[scheme.end() :]
            if name != self._scheme or rest[:2] in {"//", "\\\\", "/\\", "\\/"}:
                return _authority(name, rest.lstrip("/\\"))
            link = rest  # "http:page.html" on an http page is a relative link
        if not self._origin:
            return None
        return self._relative(link)

    def place_of(self, link: str) -> str | None:
        """The shortest address from which this link leads to the same page; None where only the page's own will do."""
        first = link[:1]
        if first == "/":
            return self._origin
        if link.startswith(("http://", "https://")):
            return ""
        # A colon may part off a scheme, and `?` asks the page itself.
        if first in RELATIVE_STARTS and ":" not in link:
            return self._origin + self._directory if self._origin else ""
        return None

    def _relative(self, link: str) -> str | None:
        path, mark, query = link.partition("?")
        if "\\" in path:
            path = path.replace("\\", "/")
        if path.startswith("//"):
            return _authority(self._scheme, (path + mark + query).lstrip("/"))
        if not path:
            return self._origin + self._path + _query(mark, query) if mark else self._base
        return self._origin + _path(path if path[0] == "/" else self._directory + path) + _query(mark, query)


def _absolute(url: str) -> str | None:
    url = url.strip(EDGE).replace("\n", "").replace("\t", "").replace("\r", "").partition("#")[0]
    scheme = SCHEME.match(url)
    if not scheme or scheme[1].lower() not in DEFAULT_PORTS:
        return None
    return _authority(scheme[1].lower(), url[scheme.end() :].lstrip("/\\"))


def _authority(scheme: str, rest: str) -> str | None:
    """`rest` is what follows `scheme://`."""
    before, mark, query = rest.partition("?")
    host, slash, path = before.replace("\\", "/").partition("/")
    found = _host(scheme, host)
    return f"{scheme}://{found}{_path(slash + path) or '/'}{_query(mark, query)}" if found else None


@lru_cache(maxsize=4096)
def _host(scheme: str, text: str) -> str | None:
    """Host and, where it is not the default, port.  User information is dropped: it is never part of a page's name."""
    text = text.rpartition("@")[2]
    if text.startswith("["):
        inner, bracket, port = text[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            return None
        try:
            host = f"[{IPv6Address(inner.partition('%')[0])}]"
        except (AddressValueError, ValueError):
            return None
        port = port[1:]
    else:
        name, _, port = text.partition(":")
        host = _name(name) or ""
    if not host or (port and not PORT.fullmatch(port)):
        return None
    port = port.lstrip("0")
    if port and int(port) > 0xFFFF:
        return None
    return host if port in {"", DEFAULT_PORTS[scheme]} else f"{host}:{port}"


def _name(name: str) -> str | None:
    """Lower-case ASCII name, or None where no browser would look it up."""
    if "%" in name:
        name = _unescaped_host(name)
    name = name.lower()
    if len(name) > MAX_HOST + 1:  # also keeps the IDNA codec, which is quadratic, away from long text
        return None
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return None
    name = name.removesuffix(".")
    if len(name) > MAX_HOST or not PLAIN_HOST.fullmatch(name):
        return None
    last = name.rpartition(".")[2]
    if last.isdigit() and not _is_ipv4(name):
        return None
    return name


def _is_ipv4(name: str) -> bool:
    parts = name.split(".")
    return (
        len(parts) == 4
        and all(p.isdigit() and len(p) <= 3 and (p == "0" or p[0] != "0") for p in parts)
        and all(int(p) < 256 for p in parts)
    )


def _unescaped_host(name: str) -> str:
    raw = ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else "%", name)
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return "%"  # never a host


def _path(path: str) -> str:
    if UNSAFE.search(path):
        path = quote(SURROGATE.sub("\ufffd", path), safe=PATH_SAFE)
    if "/." in path or "%2" in path:
        path = _without_dots(path)
    return path


def _without_dots(path: str) -> str:
    if not DOTS.search(path):
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for place, segment in enumerate(segments):
        low = segment.lower()
        last = place == len(segments) - 1
        if low in TWO_DOTS:
            if kept:
                kept.pop()
            if last:
                kept.append("")
        elif low in ONE_DOT:
            if last:
                kept.append("")
        else:
            kept.append(segment)
    return "/" + "/".join(kept)


def _query(mark: str, query: str) -> str:
    if not mark:
        return ""
    if UNSAFE.search(query):
        query = quote(SURROGATE.sub("\ufffd", query), safe=QUERY_SAFE)
    return "?" + query


def canonicalize(url: str) -> str | None:
    """The page's key, or None where `url` is not a fetchable http(s) URL.  Idempotent.

    On top of :func:`normalize`: the scheme is folded to `http`, leading `www.` goes (while a dotted name remains),
    escapes are upper case and unreserved characters stand unescaped, session and tracking marks are removed (the
    list, with reasons, is in :mod:`cleaning.session_marks`), and so are empty parameters (`?`, `&&`).  Path case,
    trailing slash, index names and all other parameters with their order are kept.
    """
    found = _absolute(url)
    return key_of(found) if found else None


def key_of(fetchable: str) -> str:
    """The key of a URL that :func:`normalize` has made: as :func:`canonicalize`, without parsing again."""
    rest = fetchable.split("://", 1)[1]
    host, _, path = rest.partition("/")
    path, _, query = ("/" + path).partition("?")
    if "%" in path:
        path = _without_dots(ESCAPE.sub(_escape, path))
    while (shorter := strip_path(path)) != path:  # what is left may be a dot segment again
        path = _without_dots(shorter)
    if query:
        if "%" in query:
            query = ESCAPE.sub(_escape, query)
        query = strip_query(query)
    return f"http://{_bare(host)}{path}?{query}" if query else f"http://{_bare(host)}{path}"


def _escape(found: re.Match[str]) -> str:
    digits = found[1]
    if not digits:
        return "%25"
    value = int(digits, 16)
    return chr(value) if value in UNRESERVED else f"%{digits.upper()}"


def _bare(host: str) -> str:
    host = host.removesuffix(":80")  # folding https to http may have made it the default
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host


def host_of(key: str) -> str:
    """Host (with its port, where that is not the default) of a key; raises NotAKeyError for anything else."""
    if not key.startswith("http://"):
        raise NotAKeyError(key)
    host = key[7:].partition("/")[0]
    if not host:
        raise NotAKeyError(key)
    return host


def fingerprint(key: str) -> int:
    """128-bit fingerprint of a key, for the seen set: BLAKE2b of its UTF-8, big end first."""
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "big")
