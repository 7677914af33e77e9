"""How far apart copies and look-alikes lie: the sweep behind `cleaning.duplicates.MAX_DISTANCE`.

    python benchmarks/duplicate_threshold.py [DATA]

DATA holds `index.jsonl`, `near_duplicates.jsonl` and the pages (default: ../shared/data beside the checkout).  From each
saved government article of at least 200 characters it makes copies (another info line, an editor's line, other spacing
and punctuation) and look-alikes (one number changed; one name changed; both must stay apart), and counts for each
distance how many would be taken for copies, without and with the rule that the numbers must agree.
"""

import json
import random
import re
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from cleaning.fingerprints import distance, number_hash, simhash
from cleaning.read import read

DATA = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "../shared/data"
SWEEP = (0, 1, 2, 3, 4, 5, 6, 8, 10)
MIN_CHARS = 200
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"


def articles() -> dict[str, str]:
    """Main text of the saved government pages by id."""
    rows = [json.loads(line) for line in (DATA / "index.jsonl").read_text("utf-8").splitlines()]
    texts = {
        row["id"]: read((DATA / row["file"]).read_bytes(), row["url"]).text for row in rows if row["kind"] == "gov-html"
    }
    return {key: text for key, text in texts.items() if len(text) >= MIN_CHARS}


def copies(text: str, rng: random.Random) -> Iterator[str]:
    """The same article as other columns and print views show it."""
    yield f"来源：市政府办公室 浏览次数：{rng.randrange(9999)}\n{text}"
    yield f"{text}\n责任编辑：王某某"
    yield text.replace("，", ", ").replace("\n", " ")


def other_number(text: str, rng: random.Random) -> str:
    """One digit run changed."""
    runs = list(re.finditer(r"\d+", text))
    if not runs:
        return text
    run = rng.choice(runs)
    return f"{text[: run.start()]}{int(run.group()) + rng.randrange(1, 9)}{text[run.end() :]}"


def other_name(text: str, rng: random.Random) -> str:
    """Two characters in the middle of the text become a surname and a given name."""
    at = rng.randrange(len(text) // 4, 3 * len(text) // 4)
    return f"{text[:at]}{rng.choice(SURNAMES)}{chr(rng.randrange(0x4E00, 0x9FA5))}{text[at + 2 :]}"


def report(name: str, pairs: list[tuple[str, str]]) -> None:
    """One line: share of the pairs within each distance, plain and with equal numbers."""
    if not pairs:
        return
    found = [(distance(simhash(one), simhash(two)), number_hash(one) == number_hash(two)) for one, two in pairs]
    plain = " ".join(f"{100 * sum(d <= k for d, _ in found) / len(found):6.1f}" for k in SWEEP)
    ruled = " ".join(f"{100 * sum(d <= k and same for d, same in found) / len(found):6.1f}" for k in SWEEP)
    print(f"{name:<34}{len(pairs):>6}  {plain}\n{'  … and equal numbers':<34}{'':>6}  {ruled}")


def main() -> None:
    rng = random.Random(20240601)
    texts = articles()
    groups = [json.loads(line)["ids"] for line in (DATA / "near_duplicates.jsonl").read_text("utf-8").splitlines()]
    print(f"{'pairs, % within distance':<34}{'n':>6}  " + " ".join(f"{'≤' + str(k):>6}" for k in SWEEP))
    report("copies: frame residue", [(text, copy) for text in texts.values() for copy in copies(text, rng)])
    known = [pair for ids in groups for pair in combinations([key for key in ids if key in texts], 2)]
    report("saved near-duplicate groups", [(texts[one], texts[two]) for one, two in known])
    report(
        "look-alike: one number changed",
        [(text, other_number(text, rng)) for text in texts.values() if re.search(r"\d", text)],
    )
    report("look-alike: one name changed", [(text, other_name(text, rng)) for text in texts.values()])
    keys = sorted(texts)
    grouped = {frozenset(pair) for pair in known}
    unrelated = [(a, b) for a, b in (rng.sample(keys, 2) for _ in range(3000)) if frozenset((a, b)) not in grouped]
    report("unrelated articles", [(texts[one], texts[two]) for one, two in unrelated if texts[one] != texts[two]])


if __name__ == "__main__":
    main()
