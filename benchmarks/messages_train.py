"""Make cleaning/rules/messages.tsv: the linear model of messages, from texts that stay outside the project.

    python benchmarks/messages_train.py [DATA] [--terms 8000] [--out FILE] [--sweep]

Development half only wherever a text also serves to measure (see cleaning_quality.py):

* ad and harmful: spam of fake base stations and other spam messages, which count as ads;
* honest: normal messages, letters to officials and their replies, pieces of government pages, news titles, and our own
  messages in messages_train_texts.py.

Softmax regression on distinct signs, pairs and ends over the square root of their number, L2, full batch, from zero: the same
texts give the same file.  `--sweep` prints, for thresholds of the sum of both classes, what share of each kind of text
reaches it in four-fold cross-validation over the development half; the threshold of rules/matter.toml is read from it.
"""

import argparse
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cleaning_train_texts as own
import numpy as np
from cleaning_quality import DATA, development, lines
from cleaning_train import page_texts
from messages_train_texts import ADS, HARMFUL, HONEST

from cleaning.messages import ACCOUNT, BIAS, CLASSES, NUMBER, PHONE, URL, features
from cleaning.normalise import normalise

LABELS = ("honest", *CLASSES)
# How much one text of each kind weighs; both kinds of spam, and all that is honest, weigh the same in all.
WEIGHTS = {
    "ad": 0.3, "harmful": 0.4, "spam": 1.5, "our ad": 4.0, "our harmful": 4.0,
    "normal": 8.0, "other": 4.0, "our own": 6.0, "letter": 0.3, "reply": 0.05, "page": 0.1, "notice": 0.5, "title": 0.02, "pastime": 1.5,
}  # fmt: skip
LABEL_OF = {"ad": "ad", "harmful": "harmful", "spam": "ad", "our ad": "ad", "our harmful": "harmful"}
MIN_TEXTS = 2
STEPS, L2, SHORT = 200, 2e-5, 400
FOLDS = 4
SHAPES = 3.0  # contacts and numbers stand in honest messages too: they are held back so many times more
OUT = Path(__file__).parents[1] / "cleaning/rules/messages.tsv"
THRESHOLDS = np.arange(0, 2.6, 0.25)


@dataclass(frozen=True, slots=True)
class Message:
    """One training text: its kind, its features, and the fold its text falls in."""

    kind: str
    features: frozenset[str]
    fold: int

    @property
    def label(self) -> int:
        """Its place in LABELS."""
        return LABELS.index(LABEL_OF.get(self.kind, "honest"))


def messages(data: Path) -> list[Message]:
    """All training texts; equal texts fall in one fold."""
    sets = data / "datasets"
    letters = lines(sets / "citizen_messages_by_topic.jsonl")
    measured = {row["title"] for row in letters if not development(row["text"])}
    replies = [row for row in lines(sets / "citizen_message_replies.jsonl") if row["title"] not in measured]
    pairs = [
        *((row["label"], row["text"]) for row in lines(sets / "fbs_sms.jsonl") if development(row["text"])),
        *((row["label"], row["text"]) for row in lines(sets / "mudou_spam_sms.jsonl") if development(row["text"])),
        *(("letter", f"{row['title']}\n{row['text']}") for row in letters if development(row["text"])),
        *(("reply", f"{row['title']} {row['question']}"[:SHORT]) for row in replies),
        *(("reply", row["reply"][:SHORT]) for row in replies),
        *(("title", row["text"]) for row in lines(sets / "thucnews_titles.jsonl")),
        *(("page", one.text) for one in page_texts(data) if one.label == "service"),
        *(("notice", text) for text in own.SERVICE),
        *(("our own", text) for text in HONEST),
        *(("pastime", text[:SHORT]) for text in own.PASTIME),
        *(("our ad", text) for text in ADS),
        *(("our harmful", text) for text in HARMFUL),
    ]
    return [
        Message(kind, frozenset(features(normalise(text))), zlib.crc32(text.encode()) % FOLDS) for kind, text in pairs
    ]


def rows_of(given: Sequence[Message], places: dict[str, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sparse rows: message numbers, places of terms, values."""
    numbers, found, values = [], [], []
    for number, message in enumerate(given):
        at = sorted(places[term] for term in message.features if term in places)
        numbers.append(np.full(len(at), number))
        found.append(np.array(at, int))
        values.append(np.full(len(at), 1 / np.sqrt(max(1, len(at)))))
    return np.concatenate(numbers), np.concatenate(found), np.concatenate(values)


def fit(given: Sequence[Message], terms: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds (terms, classes) against honest, and their bias, by Nesterov's steps on the weighted log-loss."""
    numbers, places, values = rows_of(given, {term: at for at, term in enumerate(terms)})
    truth = np.eye(len(LABELS))[[message.label for message in given]]
    share = np.array([WEIGHTS[message.kind] for message in given])
    share = share / (share @ truth)[truth.argmax(axis=1)] / len(LABELS)
    weights, bias = np.zeros((len(terms), len(LABELS))), np.zeros(len(LABELS))
    ahead, bias_ahead = weights, bias
    pull_back = np.array([L2 * SHAPES if term in {URL, PHONE, ACCOUNT, NUMBER} else L2 for term in terms])[:, None]
    for step in range(STEPS):
        scores = np.stack([np.bincount(numbers, values * one[places], len(given)) for one in ahead.T], axis=1)
        scores += bias_ahead
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        error = (scores / scores.sum(axis=1, keepdims=True) - truth) * share[:, None]
        slope = np.stack([np.bincount(places, values * one[numbers], len(terms)) for one in error.T], axis=1)
        following, bias_following = ahead - 2.0 * (slope + pull_back * ahead), bias_ahead - 0.5 * error.sum(axis=0)
        pull = step / (step + 3)
        ahead, bias_ahead = following + pull * (following - weights), bias_following + pull * (bias_following - bias)
        weights, bias = following, bias_following
    return weights[:, 1:] - weights[:, :1], bias[1:] - bias[0]


def trained(given: Sequence[Message], most: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Terms, weights, bias: a second fit uses only the `most` terms to which the first gave most weight."""
    counts = Counter(term for message in given for term in message.features)
    terms = sorted(term for term, count in counts.items() if count >= MIN_TEXTS)
    weights, _ = fit(given, terms)
    heaviest = np.argsort(-np.abs(weights).max(axis=1), kind="stable")[:most]
    terms = sorted(terms[at] for at in heaviest)
    return terms, *fit(given, terms)


def sweep(given: Sequence[Message], most: int) -> None:
    """Shares of each kind at or over each threshold, every text weighed by a model that did not read it."""
    sums = np.zeros(len(given))
    for fold in range(FOLDS):
        terms, weights, bias = trained([one for one in given if one.fold != fold], most)
        left = np.array([at for at, one in enumerate(given) if one.fold == fold])
        numbers, places, values = rows_of([given[at] for at in left], {term: at for at, term in enumerate(terms)})
        odds = np.stack([np.bincount(numbers, values * one[places], len(left)) for one in weights.T], axis=1) + bias
        sums[left] = np.logaddexp(odds[:, 0], odds[:, 1])
    print(f"{'threshold':<12}" + "".join(f"{threshold:7.2f}" for threshold in THRESHOLDS))
    for kind in WEIGHTS:
        held = sums[[one.kind == kind for one in given]]
        print(f"{kind:<12}" + "".join(f"{(held >= threshold).mean():7.3f}" for threshold in THRESHOLDS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--terms", type=int, default=8000)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--sweep", action="store_true")
    given = parser.parse_args()
    read = messages(given.data)
    print(dict(Counter(message.kind for message in read)))
    if given.sweep:
        sweep(read, given.terms)
        return
    terms, weights, bias = trained(read, given.terms)
    rows = zip((BIAS, *terms), (bias, *weights), strict=True)
    head = [
        "# Signs of a message, and pairs of them, and what they add to the log-odds against an honest one.",
        "# @ an address of the web, ☎ a telephone number, № an account or messenger, # another number; ^ begins, $ ends.",
        "# Columns: sign, "
        + ", ".join(CLASSES)
        + ".  Version 2.  Made by benchmarks/messages_train.py; not edited by hand.",
    ]
    body = [f"{term}\t" + "\t".join(f"{value:.2f}" for value in row) for term, row in rows]
    given.out.write_text("\n".join((*head, *body)) + "\n", "utf-8")
    print(f"{len(terms)} terms, {given.out.stat().st_size / 1000:.0f} kB → {given.out}")
    for index, name in enumerate(CLASSES):
        order = np.argsort(-weights[:, index])
        print(name, " ".join(f"{terms[at]}{weights[at, index]:.1f}" for at in order[:50]))
        print("  against", " ".join(f"{terms[at]}{weights[at, index]:.1f}" for at in order[::-1][:40]))


if __name__ == "__main__":
    main()
