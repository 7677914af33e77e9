"""Whether a short text that nobody's frame stands around is an advertisement, a fraud, or an honest message.

A linear model small enough to read (rules/messages.tsv), of single signs, pairs of neighbouring ones, and what the message
begins (`^`) and ends (`$`) with: there stand greetings, the sender's name, and what the reader is to do.  Signs are Han
characters, Latin letters, and four shapes for what is another in each copy of one message: an address of the web, a
telephone number, an account or messenger, any other number.  Each that stands in the text adds its weight once; the sum
is divided by the square root of the number of those the model knows.  `benchmarks/messages_train.py` makes the file.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

CLASSES: Final = ("ad", "harmful")
BIAS: Final = "(bias)"
NAMED: Final = 5  # terms named in a reason
URL, PHONE, ACCOUNT, NUMBER = "@☎№#"
BEGINS, ENDS = "^$"
MAX_TERM: Final = 3  # characters: a pair with its place
MIN_SIGNS, MAX_SIGNS = 4, 600  # of a text that has a beginning and an end; of any text
# Published collections write CELLPHONE, URL, DIGIT … for what they hide: these words count as what they stand for, and
# NAME and PLACE as nothing, for an honest message has names too.
_STEPS: Final = (
    (re.compile(r"(?<![a-z])(?:name|place)(?![a-z])"), ""),
    (
        re.compile(
            r"(?<![a-z])url[a-z0-9]{0,12}|https?://[a-z0-9_./?=&%#:~+-]*|(?<![a-z0-9])(?:[a-z0-9-]{1,40}\.){1,4}"
            r"(?:com|cn|net|cc|me|org|tk|pw|top|vip|xyz|io|la|co|hk|info)(?![a-z])[a-z0-9_./?=&%#-]*"
        ),
        URL,
    ),
    (
        re.compile(
            r"(?:cell)?phone\d?|hotline|(?<!\d)(?:\+?86)?1[3-9]\d(?:[- ]?\d){8}(?!\d)|(?<!\d)[48]00(?:[- ]?\d){7}(?!\d)"
            r"|(?<!\d)(?:\(?0\d{2,3}\)?[- ]?)?[2-9]\d{6,7}(?!\d)"
        ),
        PHONE,
    ),
    (re.compile(r"wechat|bank|(?<![a-z])qq\s*:?\s*\d{5,11}|(?<!\d)\d{9,19}(?!\d)"), ACCOUNT),
    (re.compile(r"(?<![a-z])digit(?![a-z])|\d+(?:[.,:]\d+)*"), NUMBER),
    (re.compile(f"[^\u4e00-\u9fffa-z{URL}{PHONE}{ACCOUNT}{NUMBER}]"), ""),
    (
        re.compile(f"{NUMBER}+(?=[年月日号时点分元])|(?<={NUMBER}){NUMBER}+"),
        "",
    ),  # collections leave dates and sums out unevenly
)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by term (log-odds of each class against an honest message), and the bias."""

    weights: dict[str, tuple[float, ...]]
    bias: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A message's log-odds by class against an honest one, and the terms they rest on."""

    odds: dict[str, float]
    terms: tuple[tuple[str, tuple[float, ...]], ...]

    def detail(self, name: str) -> str:
        """The terms that say most for a class with their weights, heaviest first; pairs before single signs."""
        index = CLASSES.index(name)
        order = sorted(self.terms, key=lambda pair: (len(pair[0]) < 2, -pair[1][index], pair[0]))
        return "、".join(f"{term} {weight[index]:+.1f}" for term, weight in order[:NAMED] if weight[index] > 0)


def signs(normal_text: str) -> str:
    """The signs of a normalised text, one character each."""
    for pattern, sign in _STEPS:
        normal_text = pattern.sub(sign, normal_text)
    return normal_text[:MAX_SIGNS]


def features(normal_text: str) -> set[str]:
    """The distinct signs and pairs of neighbouring signs of a normalised text, and those at its ends as such."""
    found = signs(normal_text)
    ends = {f"{BEGINS}{found[:size]}" for size in (1, 2)} | {f"{ENDS}{found[-size:]}" for size in (1, 2)}
    return {*found, *map("".join, pairwise(found)), *(ends if len(found) >= MIN_SIGNS else ())}


def parse(table: str) -> Model:
    """A model from its file: `#` and a blank begin a comment; then `term<TAB>weight<TAB>weight`, one line being the bias.

    Raises ValueError for a line that is not such a row, and for a file without its bias or terms.
    """
    rows: dict[str, tuple[float, ...]] = {}
    for number, line in enumerate(table.splitlines(), 1):
        if not line or line.startswith("# "):
            continue
        name, *values = line.split("\t")
        if len(values) != len(CLASSES) or not name or (name != BIAS and len(name) > MAX_TERM):
            raise ValueError(
                f"message model, line {number}: expected a term and {len(CLASSES)} weights; train the model again"
            )
        rows[name] = tuple(float(value) for value in values)
    bias = rows.pop(BIAS, None)
    if bias is None or not rows:
        raise ValueError("message model: no bias or no terms; train the model again")
    return Model(rows, bias)


@lru_cache(maxsize=1)
def model() -> Model | None:
    """rules/messages.tsv, read once per process; None where the file is absent: then the word lists judge alone."""
    path = files("cleaning").joinpath("rules/messages.tsv")
    return parse(path.read_text("utf-8")) if path.is_file() else None


def weigh(normal_text: str, given: Model | None = None) -> Weighed | None:
    """Both classes with their log-odds; None where there is no model or the text holds nothing it knows."""
    used = given or model()
    if used is None:
        return None
    known = [(term, used.weights[term]) for term in sorted(features(normal_text)) if term in used.weights]
    if not known:
        return None
    scale = len(known) ** 0.5
    sums = [sum(weight[index] for _, weight in known) / scale + base for index, base in enumerate(used.bias)]
    return Weighed(dict(zip(CLASSES, sums, strict=True)), tuple(known))
