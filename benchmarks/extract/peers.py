"""Other extractors over a set of pages, one pass at a time; runs in an environment of its own (benchmarks/extractors.py).

    python peers.py PAGES.json

PAGES.json: a list of HTML texts.  First tells, as JSON on a line, the names of the extractors that could be loaded; then
answers each name on standard input with one line of JSON: `cpu` (seconds of CPU over all pages) and `texts`.
"""

# ruff: noqa: PLC0415 - an extractor that is not there must cost only itself

import gc
import json
import logging
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

Extractor = Callable[[str], str]
YOUNG_OBJECTS = 20_000  # the collector of unused objects runs as rarely as in a worker


def trafilatura(*, recall: bool = False) -> Extractor:
    """Text with title, date and the like; `recall`: told to rather keep than leave out."""
    from trafilatura import bare_extraction

    def extract(html: str) -> str:
        found = bare_extraction(html, with_metadata=True, favor_recall=recall)
        return (found.text or "") if found else ""

    return extract


def resiliparse() -> Extractor:
    """Main content as plain text."""
    from resiliparse.extract.html2text import extract_plain_text

    return lambda html: extract_plain_text(html, main_content=True)


def justext() -> Extractor:
    """Paragraphs that are no boilerplate; it has no stop list for Chinese, and its limits are for words.

    Of five pairs of limits the one that finds most (its own, 70 and 200, find a quarter of that).
    """
    import justext as library

    def extract(html: str) -> str:
        found = library.justext(html, frozenset(), stopwords_low=0, stopwords_high=0, length_low=10, length_high=40)
        return "\n".join(one.text for one in found if not one.is_boilerplate)

    return extract


def gne() -> Extractor:
    """The extractor made for Chinese news pages."""
    from gne import GeneralNewsExtractor

    extractor = GeneralNewsExtractor()
    return lambda html: extractor.extract(html)["content"]


def readability() -> Extractor:
    """The summary's text."""
    from lxml import html as markup
    from readability import Document

    def extract(html: str) -> str:
        return markup.fromstring(Document(html).summary()).text_content()

    return extract


MAKERS: dict[str, Callable[[], Extractor]] = {
    "trafilatura": trafilatura,
    "trafilatura, recall": partial(trafilatura, recall=True),
    "resiliparse": resiliparse,
    "jusText": justext,
    "GNE": gne,
    "readability-lxml": readability,
}


def text_of(extract: Extractor, html: str) -> str:
    """What one extractor finds on one page; nothing where it fails."""
    try:
        return extract(html) or ""
    except Exception:  # noqa: BLE001  # what an extractor raises on a page is its result on that page
        return ""


def main() -> None:
    logging.disable(logging.CRITICAL)
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    pages = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    extractors = {}
    for name, make in MAKERS.items():
        try:
            extractors[name] = make()
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    print(json.dumps(list(extractors)), flush=True)
    warm = set[str]()
    for line in sys.stdin:
        if warm == extractors.keys():
            gc.freeze()  # as in a worker of this project
            warm.clear()
        warm.add(line.strip())
        extract = extractors[line.strip()]
        begun = time.process_time()
        texts = [text_of(extract, html) for html in pages]
        print(json.dumps({"cpu": time.process_time() - begun, "texts": texts}), flush=True)


if __name__ == "__main__":
    main()
