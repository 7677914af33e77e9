"""How far the sketches tell pages of one template from others, on the saved pages and on look-alikes made of them.

    python benchmarks/families.py [DATA]

Prints the labelled groups with the least estimate by which each hangs together, the pairs of other saved pages that are
joined with the true share of common 8-grams, the cost of a sketch beside that of the simhash it shares its hashes with,
and how long a unit of 100,000 made-up pages of 1,000 templates takes to group.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from cleaning_quality import DATA, lines

from cleaning import fingerprints
from cleaning.families import MIN_TEXT, Member, families, likeness
from cleaning.read import read
from cleaning.verdict import judge

TEMPLATES, PAGES = 1_000, 100_000


def grams(text: str) -> set[str]:
    """The 8-grams of a text's letters and digits."""
    flat = "".join(filter(str.isalnum, text)).lower()
    return {flat[at : at + 8] for at in range(len(flat) - 7)}


def shared(one: str, other: str) -> float:
    """The true share of common 8-grams."""
    first, second = grams(one), grams(other)
    return len(first & second) / max(1, len(first | second))


def saved(data: Path) -> dict[str, tuple[str, bytes]]:
    """Text and sketch of the kept saved government pages that may be of a family, by id."""
    found = {}
    for row in lines(data / "index.jsonl"):
        if row["kind"] != "gov-html":
            continue
        page = read((data / row["file"]).read_bytes(), row["url"])
        if (
            len(page.text) >= MIN_TEXT
            and page.page_type not in {"home", "list", "search"}
            and judge(page).verdict == "kept"
        ):
            found[row["id"]] = (page.text, page.sketch)
    return found


def joined(data: Path) -> None:
    """The labelled groups, and whatever else is joined."""
    pages = saved(data)
    found = families(Member(key, ("100000",), sketch) for key, (_, sketch) in pages.items())
    groups = [json.loads(line)["ids"] for line in (data / "near_duplicates.jsonl").read_text("utf-8").splitlines()]
    for ids in groups:
        hold = min(max(likeness(pages[one][1], pages[other][1]) for other in ids if other != one) for one in ids)
        print(
            f"{' '.join(ids)}: {'joined' if len({found.get(one) for one in ids}) == 1 and ids[0] in found else 'NOT JOINED'}, by {hold:.2f}"
        )
    grouped = {one: number for number, ids in enumerate(groups) for one in ids}
    others = [
        (one, other)
        for one in sorted(found)
        for other in sorted(found)
        if one < other and found[one] == found[other] and (one not in grouped or grouped[one] != grouped.get(other))
    ]
    print(f"{len(pages)} pages; other pairs joined: {len(others)}")
    for one, other in others:
        print(f"  {one} {other}: true share {shared(pages[one][0], pages[other][0]):.2f}")


def cost(data: Path) -> None:
    """CPU of simhash and sketch together, and of the sketch's share in it, per page."""
    texts = [text for text, _ in saved(data).values()]
    hashes = [np.random.default_rng(0).integers(0, 2**64, max(8, len(text)), dtype=np.uint64) for text in texts]
    both = min(_timed(lambda: [fingerprints.prints(text) for text in texts]) for _ in range(5))
    alone = min(_timed(lambda: [fingerprints.sketch_of(one) for one in hashes]) for _ in range(5))
    print(f"both prints {both / len(texts) * 1e6:.0f} µs per page, of which the sketch {alone / len(texts) * 1e6:.0f}")


def _timed(work) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def scale() -> None:
    """Sketches of made-up templates, each page with a fifth of its places another."""
    made = np.random.default_rng(1)
    base = made.integers(1, 256, (TEMPLATES, fingerprints.SKETCH), dtype=np.uint8)
    pages = base[made.integers(0, TEMPLATES, PAGES)]
    changed = made.random(pages.shape) < 0.2
    pages[changed] = made.integers(1, 256, int(changed.sum()), dtype=np.uint8)
    members = [Member(f"http://a.gov.cn/{number:06}", ("100000",), page.tobytes()) for number, page in enumerate(pages)]
    before = time.process_time()
    found = families(members)
    print(
        f"{PAGES:,} pages: {time.process_time() - before:.1f} s CPU, {len(set(found.values())):,} families of {len(found):,} pages"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    given = parser.parse_args()
    joined(given.data)
    cost(given.data)
    scale()


if __name__ == "__main__":
    main()
