"""Our simhash beside the package of that name: the same features, the same values, the time of both.

    python benchmarks/simhash_reference.py [--characters N]

The package is asked twice: with our grams and our hash of a gram, where its value must be ours, and as it comes, with its
own hash (MD5) of the same grams.  CPU of one run, each the best of five passes, taken in turns.
"""

import argparse
import random
import time
import unicodedata
from collections.abc import Callable, Sequence

from simhash import Simhash

from cleaning.fingerprints import GRAM, simhash

MASK = 2**64 - 1


def gram_hash(gram: bytes) -> int:
    """The mixing function of splitmix64 over a gram's code points as one polynomial."""
    packed = 0
    for letter in gram.decode():
        packed = (packed * 0x100000001B3 + ord(letter)) & MASK
    mixed = (packed + 0x9E3779B97F4A7C15) & MASK
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & MASK
    return mixed ^ (mixed >> 31)


def costs(works: Sequence[Callable[[str], int]], texts: list[str]) -> list[tuple[float, list[int]]]:
    """CPU seconds a text, and the values, of each."""
    best = [(float("inf"), [0])] * len(works)
    for _ in range(5):
        for number, work in enumerate(works):
            start = time.process_time()
            values = [work(text) for text in texts]
            best[number] = min(best[number], ((time.process_time() - start) / len(texts), values))
    return best


def grams(text: str) -> list[str]:
    """The features: runs of letters and digits."""
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).lower()
    return [letters[start : start + GRAM] for start in range(len(letters) - GRAM + 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, default=1500)
    given = parser.parse_args()
    rng = random.Random(7)
    han = [chr(code) for code in range(0x4E00, 0x4E00 + 2500)]
    texts = ["".join(rng.choices(han, k=given.characters)) for _ in range(40)]
    works = (
        simhash,
        lambda text: Simhash(grams(text), hashfunc=gram_hash).value,
        lambda text: Simhash(grams(text)).value,
    )
    (ours, values), (same, expected), (plain, _) = costs(works, texts)
    print(
        f"{len(texts)} texts of {given.characters} characters; equal values: {sum(map(int.__eq__, values, expected))}/{len(texts)}"
    )
    print(
        f"ours {ours * 1e6:.0f} us; the package with our hash {same / ours:.1f} x that, with its own {plain / ours:.1f} x"
    )


if __name__ == "__main__":
    main()
