"""Make cleaning/rules/topics.tsv: the linear topic model, from texts that stay outside the project.

    python benchmarks/cleaning_train.py [DATA] [--terms 9000] [--out FILE]

Texts, development half only wherever a text also serves to measure (see cleaning_quality.py):

* service: saved government pages, citizens' letters and the replies to them, and our own texts in
  cleaning_train_texts.py, written in words that tempt a model the other way;
* pastime: titles of sports, games and entertainment news in full, of stocks and science news (they touch what
  governments write) at a smaller weight; saved pages of news houses and off-topic sites; our own texts;
* marketing: saved private pages that advertise, advertising messages, our own texts;
* fraud: the harmful ones among the messages; honest messages stand on the side of service.

Multinomial logistic regression on distinct pairs of Han characters over the square root of their number, L2, full
batch, from zero: the same texts give the same file.  Pairs met in fewer than MIN_DOCUMENTS texts are dropped; a second
fit uses only the `--terms` pairs that the first one gave most weight.
"""

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import cleaning_train_texts as own
import cleaning_train_words as subjects
import numpy as np
from cleaning_quality import DATA, bare, development, lines

from cleaning.normalise import normalise
from cleaning.read import read
from cleaning.topics import BIAS, CLASSES, features, term

LABELS = ("service", *CLASSES)
MIN_DOCUMENTS = 3
PIECE = 300  # characters of one piece of a saved page
SPAM, REPLY, HONEST, OWN, SUBJECT = (
    0.3,
    0.15,
    4.0,
    6.0,
    2.0,
)  # weights of one message, and of one text or line of our own
WORDS = 8  # words of a subject read as one text
PIECES = 4  # pieces taken from one page
STEPS = 300
L2 = 2e-4
SINGLE = 2.0  # single characters say less by themselves: they are held back so many times more
TITLES = {"sports": 0.5, "game": 0.5, "entertainment": 0.5, "stocks": 0.15, "science": 0.15}
# Industry portals reprint decrees word for word: their frame, not their text, makes them private.
REPRINTS = {"www.hncic.net"}
OUT = Path(__file__).parents[1] / "cleaning/rules/topics.tsv"


@dataclass(frozen=True, slots=True)
class Text:
    """One training text."""

    label: str
    text: str
    weight: float


def page_texts(data: Path) -> list[Text]:
    """Pieces of the saved pages of the development half."""
    found = []
    for row in lines(data / "index.jsonl"):
        label = label_of(row)
        if not label or not development(row["site"]) or row["site"] in REPRINTS:
            continue
        body = (data / row["file"]).read_bytes()
        page = read(body, row["url"]) if row["file"].endswith(".html") else bare(body.decode("utf-8"))
        text = normalise(f"{page.title} {page.text}")[: PIECE * PIECES]
        cut = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
        found.extend(Text(label, piece, 1.0) for piece in cut if len(piece) >= 40)
    return found


def label_of(row: dict) -> str:
    """The class a saved page teaches; "" for none."""
    if row["labels"].get("hidden_link_injection"):
        return ""
    if row["kind"] == "gov-html" and row["labels"]["is_gov_service"] is not False:
        return "service"
    return {"irrelevant": "pastime", "news": "pastime", "ad": "marketing"}.get(row["kind"], "")


def message_texts(data: Path) -> list[Text]:
    """Messages, letters, replies and titles."""
    sets = data / "datasets"
    found = [
        Text("marketing" if row["label"] == "ad" else "fraud", normalise(row["text"]), SPAM)
        for row in lines(sets / "fbs_sms.jsonl")
        if row["label"] != "other" and development(row["text"])
    ]
    found += [
        Text("service", normalise(row["text"]), HONEST)
        for row in lines(sets / "mudou_spam_sms.jsonl")
        if row["label"] == "normal" and development(row["text"])
    ]
    found += [
        Text("service", normalise(row["text"]), HONEST)
        for row in lines(sets / "fbs_sms.jsonl")
        if row["label"] == "other" and development(row["text"])
    ]
    letters = [row for row in lines(sets / "citizen_messages_by_topic.jsonl") if development(row["text"])]
    found += [Text("service", normalise(f"{row['title']} {row['text']}"), 1.0) for row in letters]
    measured = {row["title"] for row in lines(sets / "citizen_messages_by_topic.jsonl") if not development(row["text"])}
    for row in lines(sets / "citizen_message_replies.jsonl"):
        if row["title"] not in measured:
            found.append(Text("service", normalise(f"{row['title']} {row['question']}")[:PIECE], REPLY))
            found.append(Text("service", normalise(row["reply"])[:PIECE], REPLY))
    found += [
        Text("pastime", normalise(row["text"]), TITLES[row["label"]])
        for row in lines(sets / "thucnews_titles.jsonl")
        if row["label"] in TITLES
    ]
    return found


def own_texts() -> list[Text]:
    """Our own, which cover most of what no data set does: each text weighs as much as several titles."""
    found = []
    for label, texts, words in (
        ("pastime", own.PASTIME, subjects.PASTIME),
        ("marketing", own.MARKETING, subjects.MARKETING),
        ("service", own.SERVICE, subjects.SERVICE),
    ):
        found += [Text(label, normalise(text), OWN) for text in texts]
        for subject in words:
            split = subject.split()
            found += [Text(label, "，".join(split[at : at + WORDS]), SUBJECT) for at in range(0, len(split), WORDS)]
    return found


def vocabulary(texts: list[Text]) -> np.ndarray:
    """Features met in enough texts, as sorted codes; what we wrote ourselves is worth its place at once."""
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(
            dict.fromkeys(features(text.text).tolist(), MIN_DOCUMENTS if text.weight in {OWN, SUBJECT} else 1)
        )
    return np.array(sorted(one for one, count in counts.items() if count >= MIN_DOCUMENTS), np.int64)


def rows_of(texts: list[Text], codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sparse rows: text numbers, places in `codes`, values."""
    numbers, places, values = [], [], []
    for number, text in enumerate(texts):
        found = features(text.text)
        at = np.minimum(np.searchsorted(codes, found), len(codes) - 1)
        at = at[codes[at] == found]
        numbers.append(np.full(len(at), number))
        places.append(at)
        values.append(np.full(len(at), 1 / np.sqrt(max(1, len(at)))))
    return np.concatenate(numbers), np.concatenate(places), np.concatenate(values)


def fit(texts: list[Text], codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (pairs, labels) and bias, by gradient steps with momentum (Nesterov) on the weighted log-loss."""
    numbers, places, values = rows_of(texts, codes)
    truth = np.eye(len(LABELS))[[LABELS.index(text.label) for text in texts]]
    share = np.array([text.weight for text in texts])
    share = share / (share @ truth)[truth.argmax(axis=1)] / len(LABELS)  # every class weighs the same in all
    weights, bias = np.zeros((len(codes), len(LABELS))), np.zeros(len(LABELS))
    seen_weights, seen_bias = weights, bias
    pull_back = np.where(codes > 0xFFFF, L2, L2 * SINGLE)[:, None]
    for step in range(STEPS):
        scores = np.stack(
            [np.bincount(numbers, values * seen_weights[places, one], len(texts)) for one in range(len(LABELS))], axis=1
        )
        scores += seen_bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        error = (scores / scores.sum(axis=1, keepdims=True) - truth) * share[:, None]
        slope = np.stack(
            [np.bincount(places, values * error[numbers, one], len(codes)) for one in range(len(LABELS))], axis=1
        )
        next_weights = seen_weights - 2.0 * (slope + pull_back * seen_weights)
        next_bias = seen_bias - 0.5 * error.sum(axis=0)
        pull = step / (step + 3)
        seen_weights, seen_bias = (
            next_weights + pull * (next_weights - weights),
            next_bias + pull * (next_bias - bias),
        )
        weights, bias = next_weights, next_bias
    return weights, bias


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--terms", type=int, default=9000)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    texts = [*page_texts(given.data), *message_texts(given.data), *own_texts()]
    print(dict(Counter(text.label for text in texts)))
    codes = vocabulary(texts)
    weights, _ = fit(texts, codes)
    odds = weights[:, 1:] - weights[:, :1]
    codes = np.sort(codes[np.argsort(-np.abs(odds).max(axis=1), kind="stable")[: given.terms]])
    weights, bias = fit(texts, codes)
    odds, base = weights[:, 1:] - weights[:, :1], bias[1:] - bias[0]
    body = [
        f"{term(int(one))}\t" + "\t".join(f"{value:.2f}" for value in row) for one, row in zip(codes, odds, strict=True)
    ]
    head = [
        "# Pairs of characters and what they add to the log-odds against a government's own text.",
        "# Columns: pair, "
        + ", ".join(CLASSES)
        + ".  Version 1.  Made by benchmarks/cleaning_train.py; not edited by hand.",
        f"{BIAS}\t" + "\t".join(f"{value:.2f}" for value in base),
    ]
    given.out.write_text("\n".join((*head, *body)) + "\n", "utf-8")
    print(f"{len(codes)} pairs, {given.out.stat().st_size / 1000:.0f} kB → {given.out}")
    for index, name in enumerate(CLASSES):
        order = np.argsort(-odds[:, index])
        print(name, " ".join(f"{term(int(codes[one]))}{odds[one, index]:.1f}" for one in order[:60]))
        print("  against", " ".join(f"{term(int(codes[one]))}{odds[one, index]:.1f}" for one in order[::-1][:40]))


if __name__ == "__main__":
    main()
