"""How well pages are judged, on saved real pages the rules were not written on.

    python benchmarks/cleaning_quality.py [DATA] [--half held-out|development] [--errors]

The pages are split by site (SHA-256 of its name, even = development), so that no template stands in both halves.  Six
sites whose errors were looked at while the rules were written are pinned to the development half.  `--errors` lists
single pages and is for the development half only.
"""

import argparse
import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from cleaning.dates import published
from cleaning.page import Judgement, Media, Reading
from cleaning.read import read
from cleaning.verdict import judge

DATA = Path(__file__).parents[1] / "../shared/data"
PINNED = {
    "www.chinapesticide.org.cn",
    "www.szzyjy.com.cn",
    "www.ciase.cn",
    "pro.gdstc.gd.gov.cn",
    "www.good321.cn",
    "www.thepaper.cn",
}
NEAR = 80  # characters from the ends of the output within which the label's ends must stand
NOT_KEPT = {"ad", "irrelevant", "news", "forum"}


def development(name: str) -> bool:
    """Whether a site (or a text) belongs to the development half."""
    return name in PINNED or int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0


def interval(hits: int, of: int) -> str:
    """Share with its 95 % Wilson interval, which ignores that pages of one site are alike."""
    if not of:
        return "  – (0)"
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{share:6.3f}  [{max(0.0, middle - half):.3f}, {min(1.0, middle + half):.3f}]  {hits}/{of}"


def flat(text: str) -> str:
    return re.sub(r"\s", "", text)


def letters(text: str) -> str:
    return re.sub(r"\W", "", text)


class Counts:
    """Hits and trials by measure, in the order they were first seen."""

    def __init__(self, *, errors: bool) -> None:
        self.hits: Counter[str] = Counter()
        self.trials: Counter[str] = Counter()
        self.errors = errors

    def add(self, name: str, hit: bool, about: str) -> None:  # noqa: FBT001 - the outcome of the trial
        """One trial of a measure."""
        self.trials[name] += 1
        self.hits[name] += hit
        if self.errors and not hit:
            print(f"  {name}: {about}")

    def show(self) -> None:
        """Every measure with its interval."""
        for name, of in self.trials.items():
            print(f"{name:<58}{interval(self.hits[name], of)}")


def page_measures(row: dict, page: Reading, verdict: Judgement, counts: Counts) -> None:
    """Everything the labels of one saved page say."""
    labels, about = row["labels"], f"{row['id']} {page.title[:30]} → {verdict.verdict}"
    injected = bool(labels.get("hidden_link_injection"))
    if injected:
        counts.add(
            "hidden link farm: harmful, with a finding", verdict.verdict == "harmful" and bool(verdict.findings), about
        )
    elif labels["gov_site"]:
        counts.add("false hidden-link findings absent (government pages)", not page.hidden, about)
    if row["kind"] == "gov-html" and labels["is_gov_service"] and not injected:
        counts.add("relevance recall: government service → kept", verdict.verdict == "kept", about)
    if row["kind"] == "gov-html" and labels["is_gov_service"] is None and not injected:
        counts.add("government news and the like → kept (not scored)", verdict.verdict == "kept", about)
    if row["kind"] in NOT_KEPT and not injected:
        counts.add("not government service → not kept", verdict.verdict != "kept", about)
    if verdict.verdict == "kept" and labels["is_gov_service"] is not None:
        counts.add("relevance precision: kept → government service", bool(labels["is_gov_service"]), about)
    if labels["gov_site"]:
        counts.add(
            "harmful or ad falsely (government pages): absent",
            injected or verdict.verdict in {"kept", "irrelevant"},
            about,
        )
    type_measures(row, page, verdict, counts)
    text_measures(labels, page, about, counts)


def type_measures(row: dict, page: Reading, verdict: Judgement, counts: Counts) -> None:
    """Ads and harmful pages found; articles told from listings."""
    labels, about = row["labels"], f"{row['id']} {page.title[:30]} → {verdict.verdict}"
    if row["kind"] == "ad" and not labels.get("hidden_link_injection"):
        counts.add("ad recall: ad → ad or harmful", verdict.verdict in {"ad", "harmful"}, about)
    if row["kind"] == "harmful":
        counts.add("harmful recall (pages)", verdict.verdict == "harmful", about)
    if labels["page_type"] in {"article", "list", "home"} and row["kind"] == "gov-html":
        article = page.page_type in {"article", "guide", "table"}
        counts.add(
            "page type, article apart from list and home",
            article == (labels["page_type"] == "article"),
            f"{about} {page.page_type}",
        )


def text_measures(labels: dict, page: Reading, about: str, counts: Counts) -> None:
    """Ends of the main text, title, date."""
    if "main_first20" in labels:
        text = flat(page.text)
        head, tail = text[: NEAR + 20], text[-NEAR - 20 :]
        first, last = labels["main_first20"], labels["main_last20"]
        counts.add(
            "main text starts within 80 characters (20 whole)", first in head, f"{about} | {first} | {text[:40]}"
        )
        counts.add("main text starts within 80 characters (one half)", first[:10] in head or first[10:] in head, about)
        counts.add("main text ends within 80 characters (20 whole)", last in tail, f"{about} | {last} | {text[-40:]}")
        counts.add("main text ends within 80 characters (one half)", last[:10] in tail or last[10:] in tail, about)
    title = labels.get("meta_article_title") or labels.get("heading")
    if title:
        counts.add("title", letters(title) == letters(page.title), f"{about} | {title}")
    if labels.get("meta_article_title"):
        blind = published({}, page.visible, "")
        counts.add("date", labels["meta_pubdate"][:10] == page.published, about)
        counts.add("date, meta tags hidden from the reader", labels["meta_pubdate"][:10] == blind, f"{about} {blind}")


SPAM = {"ad", "harmful"}


def message_measures(data: Path, chosen: Callable[[str], bool], counts: Counts) -> None:
    """Messages as texts without page, host and title.

    Precision is the share of spam among what is called ad or harmful, in the mixture the sets have: some twelve spam
    messages to one honest one.  It hides false alarms, so these stand beside it, by kind.
    """
    sets = data / "datasets"
    letters = lines(sets / "citizen_messages_by_topic.jsonl")
    kinds = (
        *((f"fake base stations, {row['label']}", row["text"]) for row in lines(sets / "fbs_sms.jsonl")),
        *((row["label"], row["text"]) for row in lines(sets / "mudou_spam_sms.jsonl")),
        *(("citizens' letters", f"{row['title']}\n{row['text']}") for row in letters),
    )
    for kind, text in kinds:
        if chosen(text.partition("\n")[2] if kind == "citizens' letters" else text):
            message_measure(kind, judge(bare(text)).verdict.value, counts)
    for row in letters:
        if chosen(row["text"]):
            text = f"{row['title']}\n{row['text']}"
            page = replace(bare(text), url="http://www.example.gov.cn/xx/1.html", title=row["title"])
            counts.add("citizens' letters on an official host → kept", judge(page).verdict == "kept", "")


def message_measure(kind: str, verdict: str, counts: Counts) -> None:
    """What one message's verdict says."""
    named = kind.rpartition(" ")[2]
    spam = named in {*SPAM, "spam"}
    if spam:
        counts.add(f"messages, {kind} → ad or harmful", verdict in SPAM, "")
        counts.add("messages: spam → ad or harmful (recall)", verdict in SPAM, "")
    else:
        counts.add(f"messages, {kind} → neither", verdict not in SPAM, "")
    if named == "harmful":
        counts.add(f"messages, {kind} → harmful", verdict == "harmful", "")
    if verdict in SPAM:
        counts.add("messages: ad or harmful → spam (precision)", spam, "")
        if verdict == "harmful":
            counts.add("messages: harmful → spam (precision)", spam, "")


def transplant_measures(pages: Iterable[tuple[dict, bytes]], counts: Counts) -> None:
    """Private pages as if put on an official host."""
    for row, body in pages:
        topic = row["labels"]["content_class"]
        if row["kind"] in {"irrelevant", "ad"} and topic in {
            "entertainment",
            "sports-news",
            "bus-lookup(商业)",
            "hotel-booking",
            "make-money-spam",
        }:
            verdict = judge(read(body, f"http://www.example.gov.cn/xx/{row['id']}.html")).verdict
            counts.add("off-topic pages put on an official host → not kept", verdict != "kept", row["id"])


def bare(text: str) -> Reading:
    """A reading that holds nothing but a text."""
    return Reading("", "", Media.HTML, "utf-8", "", "zh", text=text, visible=text)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--half", choices=["held-out", "development"], default="held-out")
    parser.add_argument("--errors", action="store_true")
    given = parser.parse_args()
    if given.errors and given.half == "held-out":
        parser.error("--errors would show held-out pages: use --half development")
    wanted = given.half == "development"
    counts = Counts(errors=given.errors)
    rows = [row for row in lines(given.data / "index.jsonl") if development(row["site"]) == wanted]
    pages = [(row, (given.data / row["file"]).read_bytes()) for row in rows]
    for row, body in pages:
        page = read(body, row["url"]) if row["file"].endswith(".html") else bare(body.decode("utf-8"))
        page_measures(row, page, judge(page), counts)
    transplant_measures(pages, counts)
    message_measures(given.data, lambda text: development(text) == wanted, counts)
    print(f"{given.half} half: {len(rows)} pages of {len({row['site'] for row in rows})} sites")
    counts.show()


if __name__ == "__main__":
    main()
