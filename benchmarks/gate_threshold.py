"""Where the publish gate's limits lie: how much of a unit vanishes when owners edit, and when one of six hosts is silent.

On the rehearsal web's own truth, no crawl: per unit and later edition, the share of the first edition's pages that are
removed (explained or not), and the share that only a silent host hides.
"""

import sys
from collections import Counter

from rehearsal import changes, truth
from rehearsal.plan import build

SEEDS, EDITIONS, UNITS, PAGES = range(1, 6), (2, 3), 4, 1600


def main() -> None:
    edited, silent = [], []
    for seed in SEEDS:
        first = [row for row in truth.rows(build(seed, UNITS, PAGES)) if row["stored"] and row["kind"] != "trap"]
        pages = Counter(row["unit"] for row in first)
        for edition in EDITIONS:
            world = build(seed, UNITS, PAGES, edition)
            fates = Counter((row["unit"], row["change"]) for row in changes.rows(world))
            edited += [fates[unit, "removed"] / pages[unit] for unit in pages]
            silent += [fates[unit, "unreachable"] / pages[unit] for unit in pages if fates[unit, "unreachable"]]
    print(f"units × editions: {len(edited)}; share of a unit's pages")
    print(f"removed by owners: median {sorted(edited)[len(edited) // 2]:.3f}, most {max(edited):.3f}")
    print(f"behind one silent host of six: least {min(silent):.3f}, most {max(silent):.3f}, of {len(silent)}")


if __name__ == "__main__":
    sys.exit(main())
