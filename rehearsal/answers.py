"""What the server says to one request: decided here, sent by rehearsal.server."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import parse_qs, unquote, urlsplit

from rehearsal import editions, feeds, forms, guards, pages, search, sitemaps
from rehearsal.addresses import Place, canonical, locate
from rehearsal.conditional import validators
from rehearsal.kinds import hubs
from rehearsal.plan import Host, World
from rehearsal.printing import page_bytes, payload_bytes
from rehearsal.robots import robots_of
from rehearsal.templates.resources import resource


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: status, headers, body, and how it is sent."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = "document"  # document | robots | resource | sitemap | api | challenge | down
    key: str | None = None
    delay: float = 0.0
    stall: str = ""
    host: Host | None = None


@dataclass(slots=True)
class Answers:
    """Answers requests of one world; its state is how often a flapping page was asked for, and what limits count."""

    world: World
    asked: dict[str, int] = field(default_factory=dict)
    first: World = field(init=False)  # the same web in its first edition
    down: str = field(init=False)  # the site that answers nothing
    engine: search.Engine = field(init=False)
    limiter: guards.Limiter = field(default_factory=guards.Limiter)

    def __post_init__(self) -> None:
        self.down = editions.down_site(self.world)
        self.first = replace(self.world, edition=1)
        self.engine = search.Engine(self.world)

    def reply(
        self, scheme: str, host_header: str, target: str, sent: bytes = b"", asked_with: Mapping[str, str] | None = None
    ) -> Reply:
        """The answer to `target` (path and query as sent) for this Host header.

        `sent` is the body of a POST, `asked_with` the request's headers by small names.
        """
        name = host_header.rsplit(":", 1)[0].lower().rstrip(".")
        path = target.split("?", 1)[0]
        if name in {search.HOST, feeds.HOST}:
            asked = self.engine.answer(target) if name == search.HOST else feeds.answer(self.world, target)
            return Reply(
                asked[0], asked[2], (("Content-Type", asked[1]),), "robots" if path == "/robots.txt" else "api"
            )
        host = self.world.by_site.get(name.removeprefix("www."))
        if host is None:
            return Reply(421, b"no such host", _PLAIN)
        if host.site == self.down:
            return Reply(0, kind="down")
        beside = self._beside(host, path, target)
        if beside is not None:
            return beside
        named = forms.named(self.world, host, target, sent)
        place = locate(self.world, f"{scheme}://{name}{named}") if named else None
        key = canonical(place) if place else None
        if (host.scheme == "https" and scheme == "http") or (host.www and not name.startswith("www.")):
            return Reply(301, b"", (("Location", f"{host.origin}{target}"),), key=key, host=host)
        return self._guarded(host, key, asked_with or {}) or self._page(host, place, key)

    def _guarded(self, host: Host, key: str | None, asked_with: Mapping[str, str]) -> Reply | None:
        """What a host answers in place of its pages; a browser's own further try is no page that was asked for."""
        guard, now = guards.guard_of(self.world, host), time.time()
        if guard == "shield" and not guards.passes(self.world, host, asked_with.get("cookie", ""), now):
            kind = "challenge" if "upgrade-insecure-requests" in asked_with else "document"
            return Reply(
                guards.shield_status(host), guards.challenge(self.world, host, now), _HTML, kind, key=key, host=host
            )
        if guard == "limit" and not self.limiter.admits(host, now):
            return Reply(429, _error(429), (*_HTML, ("Retry-After", str(guards.REST))), key=key, host=host)
        return None

    def _beside(self, host: Host, path: str, target: str) -> Reply | None:
        """What is served beside the pages: robots.txt, what they load, what their scripts fetch, site maps."""
        if path == "/robots.txt":
            text = robots_of(host)
            return Reply(200 if text else 404, text or b"", _PLAIN, "robots", host=host)
        found = resource(path)
        if found:
            return Reply(
                200, found[1], (("Content-Type", found[0]), ("Cache-Control", "max-age=3600")), "resource", host=host
            )
        if path.startswith("/api/"):
            return self._api(host, target)
        if (items := hubs.first_items(self.world, host, target)) is not None:
            return Reply(200, items, (("Content-Type", "application/json; charset=utf-8"),), "resource", host=host)
        listed = sitemaps.answer(self.world, host, path)
        if listed is None:
            return None
        return Reply(listed[0], listed[2], (("Content-Type", listed[1]),), "sitemap", host=host)

    def _page(self, host: Host, place: Place | None, key: str | None) -> Reply:
        page = pages.outline(self.world, host, place.ref) if place and place.ref else None
        if page is None or place is None or place.ref is None or key is None:
            return Reply(404, _error(404), _HTML, key=key, host=host)
        answer = page.answer
        if answer.flaps:
            count = self.asked[key] = self.asked.get(key, 0) + 1
            if count <= answer.flaps:
                retry = (("Retry-After", str(answer.retry_after)),) if answer.retry_after else ()
                return Reply(answer.flap_status, _error(answer.flap_status), (*_HTML, *retry), key=key, host=host)
        if answer.location:
            return Reply(answer.status, b"", (("Location", answer.location),), key=key, host=host)
        if answer.status >= 400:
            return Reply(answer.status, _error(answer.status), _HTML, key=key, host=host)
        content_type, body = page_bytes(self.world, host, place.ref, page)
        first = pages.outline(self.first, host, place.ref)
        headers = (("Content-Type", content_type), *validators(self.world, host, place.ref, body, first))
        return Reply(200, body, headers, key=key, delay=answer.delay, stall=answer.stall, host=host)

    def _api(self, host: Host, target: str) -> Reply:
        """What the scripts of a page fetch."""
        parts = urlsplit(target)
        asked = parse_qs(parts.query)
        headers = (("Content-Type", "application/json; charset=utf-8"),)
        if parts.path == "/api/hits":
            hits = 100 + len(asked.get("id", [""])[0]) * 37
            return Reply(200, b'{"hits": %d}' % hits, headers, "resource", host=host)
        place = locate(self.world, host.origin + unquote(asked.get("path", ["/"])[0]))
        page = pages.outline(self.world, host, place.ref) if place and place.ref and place.host is host else None
        if page is None or page.payload is None:
            return Reply(404, b"{}", headers, "resource", host=host)
        return Reply(200, payload_bytes(page), headers, "resource", host=host)


_PLAIN = (("Content-Type", "text/plain"),)
_HTML = (("Content-Type", "text/html; charset=utf-8"),)


def _error(status: int) -> bytes:
    phrase = HTTPStatus(status).phrase
    return f"<html><head><title>{status} {phrase}</title></head><body><h1>{status} {phrase}</h1></body></html>".encode()
