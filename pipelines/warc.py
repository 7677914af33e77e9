"""Archive records as bytes: one WARC 1.1 record, one gzip member.

Gzip by ISA-L at its level 2, by measurement on 400 real government pages of 26 KB in the mean (benchmarks/store_speed.py):
a quarter of the time of zlib at its level 3, for 5 % more bytes; its level 3 would take twice as long to save 2 % of them.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from uuid import uuid4

from isal import isal_zlib

from crawler.items import Capture, DataResponse

LEVEL: Final = 2
_GZIP: Final = 31  # zlib's "wbits" for the gzip format with the largest window
_LINE_BREAKS: Final = re.compile(r"[\r\n]+")

# The client has undone these before it reported the body: a reader must not undo them again.
_ORIGINAL: Final = "X-Archive-Orig-"
_UNDONE: Final = frozenset({"transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Encoded:
    """A record ready to be appended, and the id others may refer to."""

    record_id: str  # <urn:uuid:…>
    data: bytes


@dataclass(frozen=True, slots=True)
class Original:
    """The record that holds the bytes others refer to."""

    record_id: str
    at: float  # when it was captured, seconds since the epoch


def warcinfo(*, file_name: str, round_name: str, user_agent: str, now: float) -> Encoded:
    """The record every file begins with."""
    fields = {
        "software": "caifeng",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": round_name,
        "http-header-user-agent": user_agent,
    }
    content = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields.items()).encode()
    return _record("warcinfo", now, {"WARC-Filename": file_name, "Content-Type": "application/warc-fields"}, content)


def response(capture: Capture) -> Encoded:
    """The main answer: status line and headers as the client reports them, then the body before content-decoding."""
    fields = {"WARC-Target-URI": _one_line(capture.url)}
    if capture.address:
        fields["WARC-IP-Address"] = _one_line(capture.address)
    fields["Content-Type"] = "application/http; msgtype=response"
    fields["WARC-Payload-Digest"] = _digest(capture.wire)
    return _record("response", capture.fetched_at, fields, http_head(capture) + capture.wire)


def rendered(capture: Capture, dom: bytes, refers_to: str) -> Encoded:
    """The DOM after the browser ran the page's scripts, made from the answer recorded as `refers_to`."""
    fields = {
        "WARC-Target-URI": _one_line(capture.url),
        "WARC-Refers-To": refers_to,
        "Content-Type": "text/html; charset=utf-8",
    }
    return _record("conversion", capture.fetched_at, fields, dom)


def loaded(answer: DataResponse, at: float, beside: str) -> Encoded:
    """A response that a page was built from, captured together with the record `beside`.

    Its head is its status and Content-Type alone, and its body content-decoded: that is what a browser hands out.
    """
    fields = _loaded_fields(answer, beside) | {"Content-Type": "application/http; msgtype=response"}
    return _record("response", at, fields, _loaded_head(answer) + answer.body)


def revisit(answer: DataResponse, at: float, beside: str, original: Original) -> Encoded:
    """The same where its bytes stand in an earlier record already (WARC 1.1, 6.7)."""
    fields = _loaded_fields(answer, beside) | {
        "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        "WARC-Refers-To": original.record_id,
        "WARC-Refers-To-Target-URI": _one_line(answer.url),
        "WARC-Refers-To-Date": _date(original.at),
        "Content-Type": "application/http; msgtype=response",
    }
    return _record("revisit", at, fields, _loaded_head(answer))


def _loaded_fields(answer: DataResponse, beside: str) -> dict[str, str]:
    return {
        "WARC-Target-URI": _one_line(answer.url),
        "WARC-Concurrent-To": beside,
        "WARC-Payload-Digest": _digest(answer.body),
    }


def _loaded_head(answer: DataResponse) -> bytes:
    kind = f"Content-Type: {_one_line(answer.content_type)}\r\n" if answer.content_type else ""
    return _header_bytes(f"HTTP/1.1 {answer.status} {_phrase(answer.status)}\r\n{kind}\r\n")


def http_head(capture: Capture) -> bytes:
    """Status line and headers, blank line included.

    Headers that no longer describe the bytes are kept under `X-Archive-Orig-`: Transfer-Encoding, a Content-Length
    that differs, and Content-Encoding where the client (a browser) hands out only the decoded body.
    """
    return _header_bytes("".join(_head_lines(capture)))


def _head_lines(capture: Capture) -> Iterator[str]:
    yield f"HTTP/1.1 {capture.status} {_phrase(capture.status)}\r\n"
    decoded_only = capture.wire is capture.body or capture.wire == capture.body
    for name, value in capture.headers:
        lower = name.lower()
        untrue = (
            lower in _UNDONE
            or (lower == "content-encoding" and decoded_only)
            or (lower == "content-length" and value.strip() != str(len(capture.wire)))
        )
        yield f"{_ORIGINAL if untrue else ''}{_one_line(name)}: {_one_line(value)}\r\n"
    yield "\r\n"


def _record(kind: str, at: float, fields: Mapping[str, str], content: bytes) -> Encoded:
    record_id = f"<urn:uuid:{uuid4()}>"
    named = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {record_id}\r\nWARC-Date: {_date(at)}\r\n{named}"
        f"WARC-Block-Digest: {_digest(content)}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    plain = b"%b%b\r\n\r\n" % (head.encode("utf-8", "surrogateescape"), content)
    return Encoded(record_id, isal_zlib.compress(plain, LEVEL, _GZIP))


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def _digest(data: bytes) -> str:
    return "sha1:" + b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def _header_bytes(text: str) -> bytes:
    """The very bytes received: the client decodes headers as UTF-8 and marks what is not by surrogates."""
    return text.encode("utf-8", "surrogateescape")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _one_line(value: str) -> str:
    return _LINE_BREAKS.sub(" ", value) if "\n" in value or "\r" in value else value


def header_pairs(items: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Headers as the client reported them: the undoing of `http_head`'s renaming and encoding."""
    return tuple(
        (name.decode("utf-8", "surrogateescape").removeprefix(_ORIGINAL), value.decode("utf-8", "surrogateescape"))
        for name, value in items
    )
