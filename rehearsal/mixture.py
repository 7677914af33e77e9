"""How much of what: the kinds of items, how many of each a unit has at least, and how often chance adds one."""

from typing import Final

from rehearsal.chance import number

QUOTAS: Final[dict[str, int]] = {
    "chain": 2, "shortcut": 1, "refresh": 1, "written": 1, "location": 1, "iframe": 1, "frameset": 1,
    "onclick": 2, "option": 1, "area": 1, "print": 2, "attached": 5, "exact": 2, "crossdept": 1, "crossunit": 1,
    "near-source": 1, "near-sentence": 1, "near-frame": 1, "lookalike": 3, "marketing": 2, "softad": 2, "adlist": 1, "gambling": 2, "porn": 2, "fraud": 2,
    "hidden-display-none": 1, "hidden-off-screen": 1, "hidden-marquee": 1, "hidden-document-write": 1, "fighting": 2, "leisure": 4, "gone404": 1, "gone410": 1, "soft404": 2, "flap500": 1, "flap503": 1,
    "always500": 1, "slow": 1, "stalled": 1, "moved": 1, "found": 1, "relative": 1, "hops": 1, "loop": 1, "only": 1,
    "robots": 2, "outside": 2, "spelled": 2, "session": 1, "tracked": 1, "counter": 2, "deadhost": 1,
}  # fmt: skip
"""Per unit, so that five units show every feature at least five times."""

CHANCES: Final[dict[str, int]] = {
    "refresh": 3, "written": 2, "location": 3, "iframe": 4, "frameset": 2, "onclick": 5, "option": 3, "area": 2,
    "print": 12, "attached": 70, "exact": 10, "crossdept": 6, "crossunit": 5, "near-source": 5, "near-sentence": 5, "near-frame": 4, "lookalike": 25,
    "marketing": 9, "softad": 7, "adlist": 6, "gambling": 7, "porn": 6, "fraud": 7, "hidden-display-none": 3, "hidden-off-screen": 3, "hidden-marquee": 2, "hidden-document-write": 2, "fighting": 8,
    "leisure": 40, "gone404": 3, "gone410": 2, "soft404": 4, "flap500": 2, "flap503": 2, "always500": 1, "slow": 1,
    "moved": 2, "found": 2, "relative": 2, "hops": 1, "loop": 1, "only": 2, "robots": 2, "outside": 12, "spelled": 8,
    "session": 4, "tracked": 4, "counter": 15, "spa": 8,
}  # fmt: skip
"""Chances in a thousand for an item that no quota names."""

HARMFUL: Final = ("hangs", "swells", "leaks")
"""Kinds of pages whose scripts never let go, fill the memory, or keep much of it: one each a unit of a guarded web."""

GUIDE_CHANCES: Final[dict[str, int]] = {"spa": 15}
"""The same on a service platform, whose items are service guides."""

PER_ITEM: Final = {"portal": 1.36, "department": 1.45, "platform": 1.24}
"""Pages per item, list pages, attachments and print views included (measured on seeds 1 to 5)."""

FIXED_PAGES: Final = {"portal": 43, "department": 17, "platform": 20}
"""Pages of a host that do not grow with its items (measured likewise)."""

SPA_SHARE: Final = 0.02
"""Articles and guides of a unit, per page, that only exist after scripts have run."""


def _drawn(chances: dict[str, int], lot: int) -> str:
    for kind, share in chances.items():
        if lot < share:
            return kind
        lot -= share
    return "plain"


def drawn_kind(role: str, *parts: object) -> str:
    """The kind chance gives an item of a host of this role."""
    return _drawn(GUIDE_CHANCES if role == "platform" else CHANCES, number("kind", *parts) % 1000)
