"""What all points cost on one page, against a bare Lexbor parse of the same page in the same run.

    .venv/bin/python benchmarks/indicators_speed.py [FOLDER] [--hyperscan]

FOLDER holds saved pages (default ../shared/data/pages); those of 18–30 KB are used.  Prints medians over pages of the
best of several runs of one page again and again, and the ratio, which does not depend on the machine as the milliseconds
do.  The last line goes from page to page, as a worker does: a loop over one page hides what caches and branches cost.
`--hyperscan` adds the pass over the same terms by hyperscan, the other candidate for the automaton.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from cleaning.read import read
from indicators import catalogue
from indicators.folding import folded
from indicators.matcher import Matcher
from indicators.structure import Facts
from indicators.zones import lay_out

SIZES = range(18_000, 30_000)
MOST_PAGES = 80
RUNS = 7
GOAL = 1.1  # parses that all points may cost on a page


def best(work: Callable[[], object]) -> float:
    """Milliseconds of CPU of the fastest of several runs."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times) * 1000


def hyperscan_pass(terms: list[str]) -> Callable[[str], object]:
    import hyperscan  # noqa: PLC0415  # only where asked for: it is not among the requirements

    database = hyperscan.Database()
    database.compile(
        expressions=[term.encode() for term in terms],
        ids=list(range(len(terms))),
        elements=len(terms),
        literal=True,
        flags=[hyperscan.HS_FLAG_SOM_LEFTMOST] * len(terms),
    )

    def run(text: str) -> object:
        found: list[tuple[int, int, int]] = []
        database.scan(
            text.encode(),
            match_event_handler=lambda term, start, end, _flags, _context: found.append((term, start, end)),
        )
        return found

    return run


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    folder = Path(arguments[0] if arguments else Path(__file__).resolve().parents[1] / "../shared/data/pages")
    files = [file for file in sorted(folder.glob("*.html")) if file.stat().st_size in SIZES][:MOST_PAGES]
    if not files:
        sys.exit(f"{folder} holds no saved page of 18 to 30 KB: name a folder with such pages")
    matcher = Matcher(catalogue.load())
    scanner, terms = matcher._scanner, list({term: None for term, _ in matcher._table.numbers})  # noqa: SLF001  # the pass is timed alone
    other = hyperscan_pass(terms) if "--hyperscan" in sys.argv else None
    rows: dict[str, list[float]] = {}
    texts, readings = [], []
    for file in files:
        body = file.read_bytes()
        text = body.decode("utf-8", "replace")
        reading = read(body, f"http://www.city.gov.cn/{file.name}", content_type="text/html")
        texts.append(text)
        readings.append(reading)
        layout, facts = lay_out(reading), Facts(reading)
        measured = {
            "lexbor parse": best(lambda text=text: LexborHTMLParser(text)),
            "match, whole": best(lambda reading=reading: matcher.match(reading)),
            "  lay out": best(lambda reading=reading: lay_out(reading)),
            "  fold, automaton passes": best(lambda layout=layout, facts=facts: scanner.scan(layout, facts)),
        }
        if other:
            measured["  hyperscan pass"] = best(lambda layout=layout: other(folded(layout.raw)))
        for name, value in measured.items():
            rows.setdefault(name, []).append(value)
    for name, values in rows.items():
        print(f"{name:26} {statistics.median(values):7.3f} ms")
    ratio = statistics.median(a / b for a, b in zip(rows["match, whole"], rows["lexbor parse"], strict=True))
    print(f"match / parse              {ratio:7.2f}   (goal {GOAL}; {len(files)} pages, {len(terms)} terms)")
    parsed = best(lambda: [LexborHTMLParser(text) for text in texts])
    matched = best(lambda: [matcher.match(reading) for reading in readings])
    print(f"from page to page          {matched / parsed:7.2f}   ({matched / len(files):.3f} ms, in the mean)")


if __name__ == "__main__":
    main()
