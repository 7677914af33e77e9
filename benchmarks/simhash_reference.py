"""Our simhash beside the package of that name: the same features, the same values, the time of both.

    python benchmarks/simhash_reference.py [--characters N]

The package is asked twice: with our grams and our hash of a gram, where its value must be ours, and as it comes, with its
own hash (MD5) of the same grams.  CPU of one run, each the best of five passes, taken in turns.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence

from simhash import Simhash

from cleaning import reference
from cleaning.fingerprints import simhash


def costs(works: Sequence[Callable[[str], int]], texts: list[str]) -> list[tuple[float, list[int]]]:
    """CPU seconds a text, and the values, of each."""
    best = [(float("inf"), [0])] * len(works)
    for _ in range(5):
        for number, work in enumerate(works):
            start = time.process_time()
            values = [work(text) for text in texts]
            best[number] = min(best[number], ((time.process_time() - start) / len(texts), values))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, default=1500)
    given = parser.parse_args()
    rng = random.Random(7)
    han = [chr(code) for code in range(0x4E00, 0x4E00 + 2500)]
    texts = ["".join(rng.choices(han, k=given.characters)) for _ in range(40)]
    works = (
        simhash,
        reference.simhash,
        lambda text: Simhash(reference.features(text)).value,
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
