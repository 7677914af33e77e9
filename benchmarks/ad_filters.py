"""What filter lists in EasyList's syntax would find on saved government pages, and what asking them costs.

    python benchmarks/ad_filters.py [DATA]

Needs the package `adblock` (Brave's engine), which is no dependency of the project: `pip install adblock`.  The lists are
those of DATA/filters.  For every picture, script, frame and link of a page the engine is asked; counted are pages with a
hit, what was hit, and hits inside the main text that our own rules did not take out.
"""

import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urljoin

from cleaning_quality import DATA, development, lines
from selectolax.lexbor import LexborHTMLParser

from cleaning.decode import decode
from cleaning.read import read

KINDS = {"img": ("src", "image"), "script": ("src", "script"), "iframe": ("src", "subdocument"), "a": ("href", "other")}


def main() -> None:
    try:
        import adblock  # noqa: PLC0415 - no dependency of the project
    except ImportError:
        print("not measured: this benchmark needs the package adblock (pip install adblock)")
        return
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    filters = adblock.FilterSet()
    for file in sorted((data / "filters").glob("*.txt")):
        filters.add_filter_list(file.read_text("utf-8"))
    start = time.process_time()
    engine = adblock.Engine(filters)
    print(f"engine built in {time.process_time() - start:.1f} s CPU")
    hits: Counter[str] = Counter()
    pages = asked = hit_pages = 0
    cost = judged = 0.0
    for row in lines(data / "index.jsonl"):
        if row["kind"] != "gov-html" or not development(row["site"]):
            continue
        body = (data / row["file"]).read_bytes()
        start = time.process_time()
        read(body, row["url"])
        judged += time.process_time() - start
        tree = LexborHTMLParser(decode(body, "").text)
        wanted = [
            (tag, kind, urljoin(row["url"], node.attributes.get(name) or ""))
            for tag, (name, kind) in KINDS.items()
            for node in tree.css(f"{tag}[{name}]")
        ]
        start = time.process_time()
        found = [tag for tag, kind, url in wanted if engine.check_network_urls(url, row["url"], kind).matched]
        cost += time.process_time() - start
        pages, asked = pages + 1, asked + len(wanted)
        hit_pages += bool(found)
        hits.update(found)
    print(f"{pages} pages, {asked} addresses; pages with a hit: {hit_pages}; hits: {dict(hits)}")
    print(f"{cost / pages * 1e6:.0f} us a page to ask, {cost / judged:.2f} of reading it")


if __name__ == "__main__":
    main()
