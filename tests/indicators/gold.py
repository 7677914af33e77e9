"""The hand-labelled pages, split by site, and how well the matcher agrees with them.

A site's pages are alike, so the split is by site: a site belongs to the development half when the SHA-256 of its
name is odd.  One site was moved there afterwards, because it is the only one with an interaction platform and no rule
for such pages could be checked without it (docs/indicators.md gives the figures before and after).  Rules are written
looking at that half only.

    .venv/bin/python -m tests.indicators.gold development     # prints figures and codes
    .venv/bin/python -m tests.indicators.gold held-out        # prints totals alone
    .venv/bin/python -m tests.indicators.gold --raise         # writes higher floors where the figures allow it
    .venv/bin/python -m tests.indicators.gold --page          # writes docs/points-quality.md
"""

import hashlib
import json
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cleaning.page import Reading
from cleaning.read import read
from indicators import catalogue
from indicators.evidence import Strength, Tag
from indicators.matcher import Matcher

FLOORS = Path(__file__).with_name("floors.json")
KNOWN = Path(__file__).with_name("known_errors.toml")
PAGE = Path(__file__).resolve().parents[2] / "docs/points-quality.md"
HALVES = ("development", "held-out")
MOVED = frozenset({"sqpt.jlcity.gov.cn(inferred)"})
DATA = Path(__file__).resolve().parents[2] / "../shared/data"


@dataclass(frozen=True)
class Labelled:
    """One labelled page."""

    id: str
    site: str
    url: str
    file: Path
    content: frozenset[str]
    chrome: frozenset[str]


@dataclass
class Score:
    """Agreement on one strength, counted over (page, code) pairs."""

    hits: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def micro(self) -> tuple[float, float, float]:
        """Precision, recall and F1 over all pairs."""
        return _rates(self.hits.total(), self.extra.total(), self.missed.total())

    def macro(self) -> float:
        """Mean F1 over the codes that the labels or the matcher name."""
        codes = {*self.hits, *self.extra, *self.missed}
        return sum(_rates(self.hits[c], self.extra[c], self.missed[c])[2] for c in codes) / max(1, len(codes))


def present() -> bool:
    """Whether the labelled pages are on this machine."""
    return (DATA / "points_gold.jsonl").is_file()


def in_development(site: str) -> bool:
    """The half a site belongs to."""
    return site in MOVED or int(hashlib.sha256(site.encode()).hexdigest(), 16) % 2 == 1


@cache
def pages() -> tuple[Labelled, ...]:
    """Every labelled page, in the order of the file."""
    index = {row["id"]: row for row in map(json.loads, (DATA / "index.jsonl").read_text().splitlines())}
    labels = map(json.loads, (DATA / "points_gold.jsonl").read_text().splitlines())
    return tuple(
        Labelled(
            row["id"],
            index[row["id"]]["site"],
            index[row["id"]]["url"],
            DATA / index[row["id"]]["file"],
            frozenset(row["content"]),
            frozenset(row["chrome"]),
        )
        for row in labels
    )


def half(*, development: bool) -> tuple[Labelled, ...]:
    """The pages of one half."""
    return tuple(page for page in pages() if in_development(page.site) is development)


def reading(page: Labelled) -> Reading:
    """The page as the crawler would read it."""
    return read(page.file.read_bytes(), page.url, content_type="text/html")


def score(found: dict[str, tuple[Tag, ...]], labelled: tuple[Labelled, ...]) -> dict[Strength, Score]:
    """Compare tags by page id with the labels, content and chrome apart."""
    scores = {strength: Score() for strength in Strength}
    for page in labelled:
        for strength, wanted in ((Strength.CONTENT, page.content), (Strength.CHROME, page.chrome)):
            codes = {tag.code for tag in found[page.id] if tag.strength is strength}
            scores[strength].hits.update(codes & wanted)
            scores[strength].extra.update(codes - wanted)
            scores[strength].missed.update(wanted - codes)
    return scores


@cache
def found_on(*, development: bool) -> dict[str, tuple[Tag, ...]]:
    """The tags of one half's pages by their ids."""
    matcher = Matcher(catalogue.load())
    return {page.id: matcher.match(reading(page)) for page in half(development=development)}


def measure(*, development: bool) -> dict[Strength, Score]:
    """Match one half and compare."""
    return score(found_on(development=development), half(development=development))


def _rates(hits: int, extra: int, missed: int) -> tuple[float, float, float]:
    precision = hits / (hits + extra) if hits + extra else 1.0
    recall = hits / (hits + missed) if hits + missed else 1.0
    return precision, recall, (2 * hits / (2 * hits + extra + missed) if hits + extra + missed else 1.0)


@dataclass(frozen=True, order=True)
class Error:
    """One disagreement: `kind` is extra (tagged, not labelled) or missed."""

    page: str
    code: str
    strength: str
    kind: str


def errors() -> list[Error]:
    """Every disagreement of the development half.  The held-out half's are never listed."""
    found, matched = [], found_on(development=True)
    for page in half(development=True):
        tags = {tag.code: tag.strength for tag in matched[page.id]}
        for strength, wanted in ((Strength.CONTENT, page.content), (Strength.CHROME, page.chrome)):
            codes = {code for code, tagged in tags.items() if tagged is strength}
            found += [Error(page.id, code, strength.value, "extra") for code in codes - wanted]
            found += [Error(page.id, code, strength.value, "missed") for code in wanted - codes]
    return sorted(found)


def known() -> dict[Error, str]:
    """The errors that are accepted, each with its reason."""
    rows = tomllib.loads(KNOWN.read_text())["error"]
    return {Error(row["page"], row["code"], row["strength"], row["kind"]): row["reason"] for row in rows}


def quality_page() -> str:
    """docs/points-quality.md: figures of the development half, by point, and every error with its reason."""
    scores, reasons = measure(development=True), known()
    lines = [
        "# Quality of the points on hand-labelled pages",
        "",
        "Made by `python -m tests.indicators.gold --page`; a test compares it where the labelled pages are at hand.",
        "120 pages of the development half (what that is: [indicators.md](indicators.md)); the held-out half is never looked at.",
        "",
        "| strength | precision | recall | F1 | macro F1 | labels |",
        "|---|---|---|---|---|---|",
    ]
    for strength, one in scores.items():
        precision, recall, f1 = one.micro()
        labels = one.hits.total() + one.missed.total()
        lines.append(f"| {strength} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {one.macro():.3f} | {labels} |")
    for strength, one in scores.items():
        lines += ["", f"## By point: {strength}", "", "| point | right | extra | missed |", "|---|---|---|---|"]
        codes = sorted({*one.hits, *one.extra, *one.missed})
        lines += [f"| {code} | {one.hits[code]} | {one.extra[code]} | {one.missed[code]} |" for code in codes]
    lines += ["", "## Errors", "", "| page | point | strength | kind | reason |", "|---|---|---|---|---|"]
    for error in errors():
        reason = reasons.get(error, "not explained yet")
        lines.append(f"| {error.page} | {error.code} | {error.strength} | {error.kind} | {reason} |")
    return "\n".join(lines) + "\n"


def _report(scores: dict[Strength, Score], *, codes: bool) -> str:
    lines = []
    for strength, one in scores.items():
        precision, recall, f1 = one.micro()
        lines.append(
            f"{strength}: precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f} macro F1 {one.macro():.3f}"
        )
        if codes:
            lines += [f"  extra  {one.extra.most_common()}", f"  missed {one.missed.most_common()}"]
    return "\n".join(lines)


def _raise_floors() -> None:
    """Write what is measured, rounded down to hundredths, wherever it is above the floor."""
    floors = json.loads(FLOORS.read_text())
    for name in HALVES:
        for strength, one in measure(development=name == "development").items():
            held = floors[name][strength]
            for key, value in zip(("precision", "recall", "f1"), one.micro(), strict=True):
                held[key] = max(held[key], int(value * 100) / 100)
    FLOORS.write_text(json.dumps(floors, indent=2) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["--raise"]:
        _raise_floors()
    elif sys.argv[1:] == ["--page"]:
        PAGE.write_text(quality_page())
    else:
        looked_at = sys.argv[1:] != ["held-out"]
        sys.stdout.write(_report(measure(development=looked_at), codes=looked_at) + "\n")
