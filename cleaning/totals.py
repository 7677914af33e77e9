"""What a list says of its own size: `共35条记录`, `第2/5页`, `总记录数：120`.  Pure."""

import re
from dataclasses import dataclass
from typing import Final

MOST: Final = 10_000_000  # more than this is a year and a number run together, or a lie
GAP: Final = r"[\s：:]{0,3}"
COUNTED: Final = re.compile(rf"共(?:有|计)?{GAP}(\d{{1,8}})\s{{0,2}}(?:条|篇|项|件|个记录)")
NAMED: Final = re.compile(rf"(?:总(?:记录|条)数|记录总数|信息总数){GAP}(\d{{1,8}})")
PAGES: Final = re.compile(
    rf"共{GAP}(\d{{1,6}})\s{{0,2}}页|总页数{GAP}(\d{{1,6}})|第?\s{{0,2}}\d{{1,6}}\s{{0,2}}/\s{{0,2}}(\d{{1,6}})\s{{0,2}}页"
)


@dataclass(frozen=True, slots=True)
class Total:
    """The size a list gives itself; 0 where it does not say."""

    entries: int = 0
    pages: int = 0


def total_of(visible: str) -> Total | None:
    """The first size that a page's visible text states; None where it states none."""
    entries = COUNTED.search(visible) or NAMED.search(visible)
    pages = PAGES.search(visible)
    found = Total(int(entries.group(1)) if entries else 0, int(next(filter(None, pages.groups()))) if pages else 0)
    if max(found.entries, found.pages) > MOST or not (found.entries or found.pages):
        return None
    return found
