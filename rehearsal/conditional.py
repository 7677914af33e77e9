"""Validators and conditional requests: what a server that knows its files says about a page's age.

Each address family has its habit, as real servers do: both validators, one of them, or an ETag marked weak.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from rehearsal.addresses import NEWEST, Ref
from rehearsal.outline import Outline
from rehearsal.plan import Host, World
from rehearsal.printing import page_bytes

HABITS: Final = {
    "trs": ("tag", "date"),
    "jcms": ("tag",),
    "vsb": ("date",),
    "asp": ("weak",),
    "platform": ("tag", "date"),
}


def validators(world: World, host: Host, ref: Ref, body: bytes, first: Outline | None) -> tuple[tuple[str, str], ...]:
    """The headers by which `body` can be asked for again; `first` is the page as the first edition had it."""
    habits = HABITS[host.family]
    made = []
    if "tag" in habits or "weak" in habits:
        digest = hashlib.blake2b(body, digest_size=8).hexdigest()
        made.append(("ETag", f'W/"{digest}"' if "weak" in habits else f'"{digest}"'))
    if "date" in habits:
        made.append(("Last-Modified", format_datetime(_modified(world, host, ref, body, first), usegmt=True)))
    return tuple(made)


def unmodified(headers: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """Whether a request that names these validators (names in lower case) already has the page; RFC 9110, 13.2.2."""
    tag = headers.get("etag", "")
    if "if-none-match" in asked:
        wanted = {one.strip().removeprefix("W/") for one in asked["if-none-match"].split(",")}
        return bool(tag) and tag.removeprefix("W/") in wanted
    return bool(headers.get("last-modified")) and headers.get("last-modified") == asked.get("if-modified-since")


def _modified(world: World, host: Host, ref: Ref, body: bytes, first: Outline | None) -> datetime:
    day = datetime(NEWEST.year, NEWEST.month, NEWEST.day, 9, 30, tzinfo=UTC)
    if world.edition == 1 or (first is not None and page_bytes(world, host, ref, first)[1] == body):
        return day
    return day + timedelta(days=30 * world.edition)
