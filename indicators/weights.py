"""How the 100 points are shared out: level 1 among themselves, level 2 in level 1, level 3 in level 2, in per cent.

The figures are those of table 1-1 of 中国地方政府互联网服务能力发展报告(2019); every printed rate of a level-3 indicator is the
quotient of its printed mean by the points worked out here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from indicators.errors import CatalogueError

WHOLE: Final = 100


def upper(table: Mapping[str, Any], file: str) -> dict[str, int]:
    """The weights of levels 1 and 2 by name: `[weights.level1]`, `[weights.level2]`.  Raises CatalogueError."""
    if set(table) != {"level1", "level2"}:
        raise CatalogueError(file, "weights", "needs level1 and level2 and nothing else")
    found: dict[str, int] = {}
    for level, rows in table.items():
        for name, weight in rows.items():
            if not is_weight(weight):
                raise CatalogueError(file, f"weights.{level}.{name}", f"{weight!r} is no whole number from 1 to 100")
            found[name] = weight
    if sum(table["level1"].values()) != WHOLE:
        raise CatalogueError(file, "weights.level1", f"sum to {sum(table['level1'].values())}, not to 100")
    return found


def is_weight(weight: object) -> bool:
    """Whether it may be a share in per cent."""
    return isinstance(weight, int) and not isinstance(weight, bool) and 1 <= weight <= WHOLE


def check(rows: Iterable[tuple[str, str, int]], above: Mapping[str, int], file: str) -> None:
    """Level 3 sums to 100 in each level 2, level 2 in each level 1.  `rows`: level 1, level 2, weight in level 2."""
    level3: dict[str, int] = {}
    parents: dict[str, str] = {}
    for level1, level2, weight in rows:
        for name in (level1, level2):
            if name not in above:
                raise CatalogueError(file, "weights", f"{name} has no weight")
        level3[level2] = level3.get(level2, 0) + weight
        parents[level2] = level1
    level2s: dict[str, int] = {}
    for name, parent in parents.items():
        level2s[parent] = level2s.get(parent, 0) + above[name]
    for name, total in (*level3.items(), *level2s.items()):
        if total != WHOLE:
            raise CatalogueError(file, name, f"what stands under it has weights that sum to {total}, not to 100")
