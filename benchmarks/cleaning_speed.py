"""CPU per page of judging (everything but links) against a bare Lexbor parse of the same pages, in one run.

    python benchmarks/cleaning_speed.py [DATA] [--rounds N]

Prints milliseconds per page and step, the sum as a ratio to the parse, and the slowest pages.  The figure to compare
between machines is the ratio.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from cleaning import content, dates, fingerprints, forms, hidden, meta, page_type
from cleaning.decode import decode
from cleaning.outline import outline
from cleaning.read import read
from cleaning.verdict import judge

DATA = Path(__file__).parents[1] / "../shared/data"


def timed(name: str, rounds: int, work: Callable[[], object], pages: int, base: float = 0.0) -> float:
    """Best of `rounds`, in milliseconds of CPU per page, printed with its ratio to the parse."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    each = 1000 * best / pages
    print(f"{name:<28}{each:9.3f} ms/page" + (f"{each / base:9.2f} ×" if base else ""))
    return each


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    rows = [json.loads(line) for line in (given.data / "index.jsonl").read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["file"].endswith(".html")]
    bodies = [(given.data / row["file"]).read_bytes() for row in rows]
    texts = [decode(body, "").text for body in bodies]
    urls = [row["url"] for row in rows]
    trees = [LexborHTMLParser(text) for text in texts]
    pages = [outline(tree) for tree in trees]
    metas = [meta.read_meta(page) for page in pages]
    contents = [content.extract(page, url, values) for page, url, values in zip(pages, urls, metas, strict=True)]
    readings = [read(body, url) for body, url in zip(bodies, urls, strict=True)]
    steps: dict[str, Callable[[], object]] = {
        "outline": lambda: [outline(tree) for tree in trees],
        "meta tags": lambda: [meta.read_meta(page) for page in pages],
        "content": lambda: [content.extract(p, u, m) for p, u, m in zip(pages, urls, metas, strict=True)],
        "dates and source": lambda: [
            (dates.published(m, c.visible, u), meta.source(m, c.visible))
            for m, c, u in zip(metas, contents, urls, strict=True)
        ],
        "hidden blocks": lambda: [hidden.hidden_roots(p, u) for p, u in zip(pages, urls, strict=True)],
        "forms": lambda: [forms.read_forms(p, u) for p, u in zip(pages, urls, strict=True)],
        "page type": lambda: [
            page_type.classify(r.url, c, r.forms, r.links) for r, c in zip(readings, contents, strict=True)
        ],
        "fingerprints": lambda: [fingerprinted(c.text) for c in contents],
        "verdict": lambda: [judge(one) for one in readings],
    }
    n, rounds = len(rows), given.rounds
    print(f"{n} pages, {sum(map(len, bodies)) / n / 1000:.0f} kB each")
    parse = timed("bare parse", rounds, lambda: [LexborHTMLParser(text) for text in texts], n)
    total = sum(timed(name, rounds, work, n, parse) for name, work in steps.items())
    print(f"{'judging in all':<28}{total:9.3f} ms/page{total / parse:9.2f} ×")
    timed(
        "read() and judge()", rounds, lambda: [judge(read(b, u)) for b, u in zip(bodies, urls, strict=True)], n, parse
    )


def fingerprinted(text: str) -> tuple[str, int, str]:
    """All three fingerprints of a text."""
    return fingerprints.text_hash(text), fingerprints.simhash(text), fingerprints.number_hash(text)


if __name__ == "__main__":
    main()
