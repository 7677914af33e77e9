"""The HTTP client: one GET (or POST, for pages behind a form), bounded in time and size, the body kept as it came."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import yarl
from aiohttp.connector import Connection

from crawler.errors import Broken, FetchError, ProxyAway, Refused, TimedOut, TlsFailed, TooLarge, Unresolved
from crawler.fetch.addresses import PlanResolver, carried, literal, own_private_hosts
from crawler.plan import RoundPlan

ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ENCODINGS: Final = "gzip, deflate, br, zstd"
PROXY_WANTS_A_NAME: Final = 407
KEEP_ALIVE: Final = 4.0  # seconds; Apache and Node close idle connections after 5, and to meet that costs a retry
HEADER_BYTES: Final = 64 * 1024  # of one header line; cookies of old portals pass aiohttp's 8 KB


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `wire` before content-decoding, headers as the client reports them."""

    status: int
    headers: tuple[tuple[str, str], ...]
    wire: bytes
    address: str
    fetched_at: float
    elapsed: float


def tls_context() -> ssl.SSLContext:
    """Certificates are not a condition: we measure sites as they are, and half-broken ones are many.

    `round check` reports them.  Old servers need legacy renegotiation and short keys, as browsers' fall-backs allow.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


class _PeerResponse(aiohttp.ClientResponse):
    """Keeps the address that answered: a short answer has given its connection back before it can be asked."""

    peer = ""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        transport = connection.transport
        name = transport.get_extra_info("peername") if transport is not None else None
        self.peer = str(name[0]) if name else ""
        return await super().start(connection)


class HttpClient:
    """A session for one worker and round.  `get` raises FetchError and nothing else."""

    def __init__(self, plan: RoundPlan) -> None:
        self._plan = plan
        self._resolver = PlanResolver(plan)
        self._session: aiohttp.ClientSession | None = None
        self._tls = tls_context()
        self._own = own_private_hosts(plan)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def address_of(self, url: str) -> str:
        """The first of the sorted addresses that this URL's host leads to; '' where it leads to none we may ask."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self._proxy(host):
            return ""  # the proxy alone knows
        found = literal(host)
        if found is not None:
            return str(found)
        try:
            results = await self._resolver.resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
        except (OSError, ValueError):
            return ""
        return min(result["host"] for result in results)

    async def get(
        self,
        url: str,
        *,
        cookie: str = "",
        seconds: float | None = None,
        sent: tuple[str, bytes] | None = None,
        conditions: Mapping[str, str] | None = None,
    ) -> Answer:
        """Fetch `url` without following redirects; `sent` is the type and the body of a POST in its place.

        `conditions` are headers under which the page is wanted at all: the answer may be 304, without a body.
        """
        began, at = time.monotonic(), time.time()
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            self._resolver.refuse_literal(parts.hostname or "", port)
            if self._proxy(parts.hostname or ""):
                self._resolver.refuse_unmapped(parts.hostname or "", port)
            async with asyncio.timeout(seconds or self._plan.limits.page_seconds):
                headers = ({"Cookie": cookie} if cookie else {}) | dict(conditions or {})
                return await self._get(url, headers, sent, began, at)
        except FetchError:
            raise
        except TimeoutError as error:
            message = f"no whole answer within {time.monotonic() - began:.1f} s"
            raise TimedOut(message) from error
        except (aiohttp.ClientError, OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise _classified(error) from error

    async def _get(
        self, url: str, headers: dict[str, str], sent: tuple[str, bytes] | None, began: float, at: float
    ) -> Answer:
        target = yarl.URL(url, encoded=True)
        kind, body = sent or ("", None)
        proxy = self._proxy(target.host or "")
        async with self._open().request(
            "POST" if sent else "GET",
            target,
            headers=headers | ({"Content-Type": kind} if sent else {}),
            data=body,
            allow_redirects=False,
            ssl=self._tls,
            proxy=proxy,
        ) as response:
            if proxy and response.status == PROXY_WANTS_A_NAME:
                message = f"{proxy} asks who we are (407): give an address that needs no name and password"
                raise ProxyAway(message)
            wire = await self._read(response)
            return Answer(
                status=response.status,
                headers=tuple((name, value) for name, value in response.headers.items()),
                wire=wire,
                address="" if proxy else getattr(response, "peer", ""),
                fetched_at=at,
                elapsed=time.monotonic() - began,
            )

    def _proxy(self, host: str) -> str | None:
        """The round's proxy; None for what it was told to ask on private addresses, which a proxy does not reach."""
        return self._plan.proxy or None if host not in self._own else None

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        limit = self._plan.limits.body_bytes
        if (response.content_length or 0) > limit:
            message = f"the server announces {response.content_length} bytes, the limit is {limit}"
            raise TooLarge(message)
        pieces, size = [], 0
        async for piece in response.content.iter_any():
            size += len(piece)
            if size > limit:
                message = f"the body passes {limit} bytes"
                raise TooLarge(message)
            pieces.append(piece)
        return b"".join(pieces)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=self._resolver,
                    use_dns_cache=False,
                    limit=0,
                    limit_per_host=0,
                    keepalive_timeout=KEEP_ALIVE,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                response_class=_PeerResponse,
                headers={
                    "User-Agent": self._plan.user_agent,
                    "Accept": ACCEPT,
                    "Accept-Encoding": ENCODINGS,
                    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
                },
                timeout=aiohttp.ClientTimeout(total=None),
                max_line_size=HEADER_BYTES,
                max_field_size=HEADER_BYTES,
            )
            # aiohttp sends a GET again at once when a used connection breaks: one grant would be two requests.
            self._session._retry_connection = False  # noqa: SLF001
        return self._session


def _classified(error: BaseException) -> FetchError:
    ours = carried(error)
    if isinstance(ours, FetchError):
        return ours
    # aiohttp prints its TLS context, which says nothing and differs each time; the cause below it says what happened.
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    text = str(cause) or type(cause).__name__
    if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return _of_proxy(error, text)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unresolved(text)
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return TlsFailed(text)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ServerDisconnectedError | ConnectionError):
        return Refused(text)
    return Broken(text)


def _of_proxy(error: aiohttp.ClientError, text: str) -> FetchError:
    """The proxy is away or refuses us; or, for https, it could not reach the host."""
    if isinstance(error, aiohttp.ClientHttpProxyError) and error.status != PROXY_WANTS_A_NAME:
        return Refused(f"the proxy answers {error.status} for the host")
    return ProxyAway(f"the proxy does not take us anywhere: {text}")
