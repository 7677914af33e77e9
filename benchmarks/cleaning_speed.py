"""CPU per page of reading and judging, step by step, against a bare Lexbor parse of the same pages, in one run.

    python benchmarks/cleaning_speed.py [DATA] [--rounds N] [--pages N]

Two sets of pages: the made-up web of benchmarks/crawl_speed.py, and saved pages of real sites of 15 to 60 KB.  Prints
microseconds per page and step with their ratio to the parse, best of the rounds.  "First pass" is `read()` on pages of
which nothing is remembered; all other lines are of sites whose menus and scripts were met before.  The figure to compare
between machines is the ratio.
"""

import argparse
import gc
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

sys.path.insert(0, str(Path(__file__).parent))

from crawl.site import Web

from cleaning import content, dates, fingerprints, forms, hidden, marks, meta, page_type, shell
from cleaning.decode import decode
from cleaning.language import language_of
from cleaning.links import base_url, read_links
from cleaning.media import media_of
from cleaning.outline import outline
from cleaning.parse import parse
from cleaning.read import read
from cleaning.urls import canonicalize
from cleaning.verdict import judge

DATA = Path(__file__).parents[1] / "../shared/data"
YOUNG_OBJECTS = 20_000  # the collector of unused objects runs as rarely as in a worker
SIZES = range(15_000, 60_001)  # bytes of the real pages measured
WHOLE = "read() and judge()"
GOAL = 15  # parses that it may cost
PORT = 8080  # in the addresses of the made-up web, which nobody serves here
Pages = list[tuple[bytes, str]]
Steps = dict[str, Callable[[], object]]


def timed(name: str, rounds: int, work: Callable[[], object], pages: int, base: float = 0.0) -> float:
    """Best of `rounds`, in microseconds of CPU per page, printed with its ratio to the parse."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    each = 1_000_000 * best / pages
    print(f"{name:<46}{each:8.0f} us/page" + (f"{each / base:8.2f} x" if base else ""))
    return each


def bare(texts: list[str]) -> None:
    """Nothing but parsing, each tree freed at once: two hundred of them kept would cost as much again in fresh memory."""
    for text in texts:
        LexborHTMLParser(text)


def made_up(pages: int) -> Pages:
    """Some pages of the made-up web, in no order."""
    web = list(Web(800, 4, PORT).pages.items())
    random.Random(1).shuffle(web)
    return [(body, f"http://{host.decode()}{path.decode()}") for (host, path), body in web[:pages]]


def saved(data: Path, pages: int) -> Pages:
    """Some saved pages of real sites."""
    rows = [json.loads(line) for line in (data / "index.jsonl").read_text("utf-8").splitlines()]
    found = [((data / row["file"]).read_bytes(), row["url"]) for row in rows if row["file"].endswith(".html")]
    return [(body, url) for body, url in found if len(body) in SIZES][:pages]


def steps(pages: Pages) -> Steps:
    """The parts of `read()`, each on what the parts before have made of the pages, and what comes after."""
    texts, urls = [decode(body, "").text for body, _ in pages], [url for _, url in pages]
    trees = [parse(text) for text in texts]
    outlines = [outline(tree) for tree in trees]
    bases = [base_url(page, url) for page, url in zip(outlines, urls, strict=True)]
    metas = [meta.read_meta(page) for page in outlines]
    contents = [content.extract(p, u, m) for p, u, m in zip(outlines, urls, metas, strict=True)]
    readings = [read(body, url) for body, url in pages]
    shown = list(zip(trees, outlines, readings, contents, strict=True))
    return {
        "decode, kind, key": lambda: [(decode(b, ""), media_of(b, "", u), canonicalize(u)) for b, u in pages],
        "parse": lambda: [parse(text).root is None for text in texts],
        "outline": lambda: [outline(tree) for tree in trees],
        "main text, title, columns, tables": lambda: [
            content.extract(p, u, m) for p, u, m in zip(outlines, urls, metas, strict=True)
        ],
        "links": lambda: [read_links(p, b) for p, b in zip(outlines, bases, strict=True)],
        "shells": lambda: [
            shell.detect(tree, page, r.key, c.visible, c.text, r.links, 0) for tree, page, r, c in shown
        ],
        "hidden, forms, marks, meta, dates, type, language": lambda: [
            (
                hidden.hidden_roots(page, r.url),
                page_type.classify(r.url, c, forms.read_forms(page, r.url), r.links),
                marks.read_marks(page),
                dates.published(meta.read_meta(page), c.visible, r.url),
                language_of(c.text),
            )
            for _, page, r, c in shown
        ],
        "fingerprints": lambda: [
            (fingerprints.text_hash(c.text), fingerprints.simhash(c.text), fingerprints.number_hash(c.text))
            for c in contents
        ],
        "read(), all of it": lambda: [read(body, url) for body, url in pages],
        "judge()": lambda: [judge(one) for one in readings],
        WHOLE: lambda: [judge(read(body, url)) for body, url in pages],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=200)
    given = parser.parse_args()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    for name, pages in (("made up", made_up(given.pages)), ("real", saved(given.data, given.pages))):
        print(f"{name}: {len(pages)} pages, {sum(len(body) for body, _ in pages) / len(pages) / 1000:.0f} kB each")
        texts = [decode(body, "").text for body, _ in pages]
        base = timed("bare parse", given.rounds, lambda texts=texts: bare(texts), len(pages))
        read(*pages[0])
        gc.freeze()
        timed("read(), first pass", 1, lambda pages=pages: [read(body, url) for body, url in pages], len(pages), base)
        work_of = steps(pages)
        gc.freeze()
        cost = {step: timed(step, given.rounds, work, len(pages), base) for step, work in work_of.items()}
        print(f"judgement, a page from bytes to verdict: {cost[WHOLE] / base:.1f} parses (goal {GOAL})")


if __name__ == "__main__":
    main()
