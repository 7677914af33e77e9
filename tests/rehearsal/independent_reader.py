"""A reader of plain HTML, written without a line of the project's code: walks a web over HTTP and says what it found.

It follows anchors, areas, frames, options, onclick targets, meta refreshes and redirects; it understands no script.
"""

import http.client
import re
import ssl
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

ONCLICK = re.compile(r"(?:window\.open\(|location(?:\.href)?\s*=)\s*['\"]([^'\"]+)['\"]")
REFRESH = re.compile(r"^\s*[\d.]*\s*;\s*url\s*=\s*(\S+)", re.IGNORECASE)
NOISE = re.compile(r";jsessionid=[^?#/]*", re.IGNORECASE)
TRACKING = ("tdsourcetag=", "utm_source=")
ASSETS = (".png", ".js", ".css", ".ico")


class Links(HTMLParser):
    """Collects (url, clicks)."""

    def __init__(self):
        super().__init__()
        self.out = []

    def handle_starttag(self, tag, attrs):
        """Notes the links of one tag."""
        got = {name: value or "" for name, value in attrs}
        if tag in {"a", "area"} and got.get("href"):
            self.out.append((got["href"], 1))
        if tag in {"frame", "iframe"} and got.get("src"):
            self.out.append((got["src"], 1))
        if tag == "option" and got.get("value", "").startswith(("/", "http")):
            self.out.append((got["value"], 1))
        if tag == "meta" and got.get("http-equiv", "").lower() == "refresh":
            found = REFRESH.match(got.get("content", ""))
            if found:
                self.out.append((found[1], 0))
        found = ONCLICK.search(got.get("onclick", ""))
        if found:
            self.out.append((found[1], 1))


def key(url):
    """Host without www, path and query: what makes two spellings one page; None for what is no page."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.endswith(ASSETS):
        return None
    if parts.port not in {None, 80, 443}:
        return None
    query = "&".join(one for one in parts.query.split("&") if one and not one.startswith(TRACKING))
    path = NOISE.sub("", parts.path) or "/"
    return parts.hostname.removeprefix("www.") + path + (f"?{query}" if query else "")


class Reader:
    """Walks from the seeds up to a depth."""

    def __init__(self, plain, secure, domains, threads=8, patience=3.0):
        self.ports = {"http": plain.rsplit(":", 1), "https": secure.rsplit(":", 1)}
        self.domains, self.threads, self.patience = domains, threads, patience
        self.context = ssl._create_unverified_context()
        self.robots = {}

    def ask(self, url):
        """Status, headers and body of one GET; status 0 when there is no whole answer."""
        parts = urlsplit(url)
        host, port = self.ports[parts.scheme]
        if parts.scheme == "https":
            link = http.client.HTTPSConnection(host, int(port), timeout=self.patience, context=self.context)
        else:
            link = http.client.HTTPConnection(host, int(port), timeout=self.patience)
        try:
            link.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers={"Host": parts.netloc})
            answer = link.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except (TimeoutError, http.client.HTTPException, OSError):
            return 0, {}, b""
        finally:
            link.close()

    def fetch(self, url):
        """One page: (answered 200, its links); server errors are tried three times, own-spelling hops followed."""
        for _ in range(6):
            status, headers, body = self.ask(url)
            if status >= 500 and status != 501:
                continue
            if status in {301, 302}:
                target = urljoin(url, headers["Location"])
                if key(target) != key(url):
                    return False, [(target, 0)]
                url = target
                continue
            if status != 200 or "html" not in headers.get("Content-Type", ""):
                return status == 200, []
            parser = Links()
            parser.feed(body.decode("latin-1"))
            return True, [(urljoin(url, href.strip()), cost) for href, cost in parser.out]
        return False, []

    def allowed(self, url):
        """What robots.txt says: only Disallow prefixes for everybody."""
        parts = urlsplit(url)
        if parts.hostname not in self.robots:
            status, _, body = self.ask(f"{parts.scheme}://{parts.netloc}/robots.txt")
            lines = body.decode().splitlines() if status == 200 else []
            self.robots[parts.hostname] = [
                line.split(":", 1)[1].strip() for line in lines if line.startswith("Disallow")
            ]
        return not any(parts.path.startswith(prefix) for prefix in self.robots[parts.hostname])

    def inside(self, url):
        """Whether the URL belongs to one of the domains."""
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        return any(host == domain or host.endswith("." + domain) for domain in self.domains)

    def walk(self, seeds, depth):
        """{key: clicks} of every page that answered 200."""
        best, spelling, level, stored = {}, {}, 0, {}
        found = [(url, 0) for url in seeds]
        waiting = {}
        while level <= depth:
            fresh = []
            for url, clicks in found:
                name = key(url)
                if name is None or clicks > depth or not self.inside(url) or clicks >= best.get(name, 99):
                    continue
                best[name], spelling[name] = clicks, spelling.get(name, url.split("#", 1)[0])
                waiting.setdefault(clicks, set()).add(name)
            fresh = sorted(name for name in waiting.pop(level, ()) if best[name] == level)
            if not fresh:
                level += 1
                found = []
                continue
            with ThreadPoolExecutor(self.threads) as pool:
                pages = list(pool.map(lambda name: self.page(spelling[name]), fresh))
            found = []
            for name, (good, links) in zip(fresh, pages, strict=True):
                if good:
                    stored[name] = level
                found += [(url, level + cost) for url, cost in links]
        return stored

    def page(self, url):
        """A page if robots.txt allows it."""
        return self.fetch(url) if self.allowed(url) else (False, [])
