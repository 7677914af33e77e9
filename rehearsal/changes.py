"""The truth about what changed between the first edition of a web and a later one, page by page."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rehearsal import pages
from rehearsal.addresses import canonical
from rehearsal.plan import World
from rehearsal.printing import page_bytes, payload_bytes
from rehearsal.truth import Found, aliases, settled, walk


def rows(world: World, depth: int = 6) -> Iterator[dict[str, Any]]:
    """One row per page whose fate differs: `change` is added, changed, removed, unreachable, or verdict.

    A page is changed when its bytes are; removed when no address of the later edition leads to it or its own answers
    404; unreachable when only a host that answers nothing stands before it; `verdict` means that its bytes are the same
    and it is a copy of another page now, or no longer.  Pages of endless traps are left out.
    """
    first = replace(world, edition=1)
    before, after = walk(first, depth), walk(world, depth)
    whole = walk(replace(world, all_up=True), depth)
    copies = settled(before), settled(after)
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        stored_before, stored_after = was is not None and was.stored, now is not None and now.stored
        verdicts = (
            _verdict(was, key in copies[0]) if stored_before else None,
            _verdict(now, key in copies[1]) if stored_after else None,
        )
        if stored_before and stored_after:
            assert was is not None
            assert now is not None
            change = "changed" if _body(first, was) != _body(world, now) else ""
            change = change or ("verdict" if verdicts[0] != verdicts[1] else "")
        elif stored_before:
            there = whole.get(key)
            change = "unreachable" if there is not None and there.stored else "removed"
        else:
            change = "added" if stored_after else ""
        page = now if now is not None and (stored_after or was is None) else was
        if change and page is not None:
            unit = world.units[page.place.host.unit].code if page.place.host else None
            yield {
                "url": canonical(page.place),
                "aliases": aliases(page),
                "unit": unit,
                "change": change,
                "verdict_before": verdicts[0],
                "verdict_after": verdicts[1],
            }


def _verdict(page: Found | None, copied: bool) -> str | None:  # noqa: FBT001
    if page is None:
        return None
    return "duplicate" if copied else page.verdict


def _body(world: World, page: Found) -> tuple[bytes, bytes]:
    place = page.place
    assert place.host is not None
    assert place.ref is not None
    outline = pages.outline(world, place.host, place.ref)
    assert outline is not None
    payload = payload_bytes(outline) if outline.payload is not None else b""
    return page_bytes(world, place.host, place.ref, outline)[1], payload
