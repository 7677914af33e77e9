"""Main text by our reading beside other extractors: the same labelled pages, one run.

    .venv/bin/python benchmarks/extractors.py [DATA] [--rounds 3]

A page's start (end) is right when the label's first (last) 20 characters stand within 80 characters of the output's
start (end), white space left out.  Shares with 95 % Wilson intervals, held-out half by site first, as in
cleaning_quality.py.  CPU is that of a whole pass over all labelled pages, as median of the rounds' own ratios: to a bare
Lexbor parse, and to trafilatura with metadata; one pass before them is not counted.  Ours is charged for bytes to judgement (decoding, parsing, links, forms,
verdict); the others are handed the decoded text and charged for the extraction alone.  They stand in an environment of
their own under .caifeng/bench-extractors; what no registry gives is left out, and said.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent
ROOT = BENCHMARKS.parent
sys.path.insert(0, str(BENCHMARKS))

from cleaning_quality import DATA, NEAR, development, flat, interval, lines  # noqa: E402  the folder is on the path first
from cleaning_speed import YOUNG_OBJECTS  # noqa: E402
from selectolax.lexbor import LexborHTMLParser  # noqa: E402

from cleaning.decode import decode  # noqa: E402
from cleaning.read import read  # noqa: E402
from cleaning.verdict import judge  # noqa: E402

PACKAGES = ("trafilatura", "resiliparse", "gne", "readability-lxml", "jusText")
OURS = "this project"
BASE = "trafilatura"


class Peers:
    """The other extractors in a process of their own."""

    def __init__(self, python: Path, pages: Path) -> None:
        command = [str(python), str(BENCHMARKS / "extract/peers.py"), str(pages)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._ask, self._answer = self._process.stdin, self._process.stdout
        self.names: list[str] = json.loads(self._answer.readline())

    def one_pass(self, name: str) -> tuple[float, list[str]]:
        """Seconds of CPU over all pages, and the texts."""
        print(name, file=self._ask, flush=True)
        answer = json.loads(self._answer.readline())
        return answer["cpu"], answer["texts"]

    def close(self) -> None:
        """End the process."""
        self._ask.close()
        self._process.wait()


def environment() -> Path:
    """The interpreter of the other extractors' environment, made where there is none."""
    folder = ROOT / ".caifeng/bench-extractors"
    python = folder / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=freeze"], check=False, capture_output=True, text=True
    )
    there = {line.split("==")[0].lower().replace("_", "-") for line in listed.stdout.splitlines()}
    for package in PACKAGES:  # one by one, so that one that is not to be had costs only itself
        if package.lower() in there:
            continue
        install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", package]
        if subprocess.run(install, check=False, stderr=subprocess.DEVNULL).returncode:
            print(f"LEFT OUT: {package} could not be installed")
    return python


def ours(pages: list[tuple[dict, bytes]]) -> tuple[float, list[str]]:
    """Bytes to judgement."""
    begun = time.process_time()
    texts = []
    for row, body in pages:
        reading = read(body, row["url"])
        judge(reading)
        texts.append(reading.text)
    return time.process_time() - begun, texts


def bare(texts: list[str]) -> float:
    """Seconds of CPU of nothing but parsing."""
    begun = time.process_time()
    for text in texts:
        LexborHTMLParser(text)
    return time.process_time() - begun


def ends(labels: dict, text: str) -> tuple[bool, bool]:
    """Whether the start and the end are right."""
    whole = flat(text)
    return labels["main_first20"] in whole[: NEAR + 20], labels["main_last20"] in whole[-NEAR - 20 :]


def shares(rows: list[dict], texts: list[str]) -> list[str]:
    """Start, end and both right, with intervals."""
    found = [ends(row["labels"], text) for row, text in zip(rows, texts, strict=True)]
    hits = [sum(start for start, _ in found), sum(end for _, end in found), sum(start and end for start, end in found)]
    return [interval(hit, len(rows)).strip() for hit in hits]


def table(pages: list[tuple[dict, bytes]], texts: dict[str, list[str]], cpu: dict[str, list[float]]) -> None:
    """One table a half, then what each costs."""
    rows = [row for row, _ in pages]
    for half, wanted in (("held-out", False), ("development", True)):
        chosen = [number for number, row in enumerate(rows) if development(row["site"]) == wanted]
        print(f"\n{half} half: {len(chosen)} pages of {len({rows[number]['site'] for number in chosen})} sites")
        print("| extractor | start | end | both |\n|---|---|---|---|")
        for name, found in texts.items():
            figures = shares([rows[number] for number in chosen], [found[number] for number in chosen])
            print(f"| {name} | {' | '.join(figures)} |")
    print(f"\n| extractor | CPU, bare parses | CPU, {BASE} = 1 |\n|---|---|---|")
    for name in texts:
        against = ratio(cpu[name], cpu[BASE], 3) if BASE in cpu else "-"
        print(f"| {name} | {ratio(cpu[name], cpu['parse'], 1)} | {against} |")


def ratio(mine: list[float], base: list[float], digits: int) -> str:
    """Median, smallest and largest of the rounds' own ratios."""
    found = [one / other for one, other in zip(mine, base, strict=True)]
    return f"{statistics.median(found):.{digits}f} ({min(found):.{digits}f}-{max(found):.{digits}f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if not (given.data / "index.jsonl").exists():
        raise SystemExit(f"no labelled pages at {given.data}: name their folder")
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    rows = [row for row in lines(given.data / "index.jsonl") if "main_first20" in row["labels"]]
    pages = [(row, (given.data / row["file"]).read_bytes()) for row in rows]
    decoded = [decode(body, "").text for _, body in pages]
    texts: dict[str, list[str]] = {}
    cpu: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "pages.json"
        listed.write_text(json.dumps(decoded), "utf-8")
        peers = Peers(environment(), listed)
        one_pass = {OURS: lambda: ours(pages)} | {name: partial(peers.one_pass, name) for name in peers.names}
        for name, run in one_pass.items():  # not counted: what is loaded or remembered once
            _, texts[name] = run()
        gc.freeze()  # as in a worker, and in the process of the others
        for _ in range(given.rounds):
            cpu.setdefault("parse", []).append(bare(decoded))
            for name, run in one_pass.items():
                cpu.setdefault(name, []).append(run()[0])
        peers.close()
    print(f"{len(pages)} labelled pages, {sum(len(body) for _, body in pages) / len(pages) / 1000:.0f} kB each")
    table(pages, texts, cpu)


if __name__ == "__main__":
    main()
