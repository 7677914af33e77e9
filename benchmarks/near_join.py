"""All pairs of fingerprints at most three bits apart among as many as a full round has pages.

    python benchmarks/near_join.py [--count 27000000]

The values are random, with planted pairs at 1, 2, 3 and 4 bits.  CPU of one core as a multiple of one sort of the same
values, peak memory of the process beside the values' own size, and whether every planted pair within the distance was
found and none beyond.  Values whose blocks agree by chance are as many as in any uniform set; text that repeats makes
more pairs, which is the answer and not overhead.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from cleaning.near_join import distinct, near_pairs

DISTANCE = 3
PLANTED = 1_000  # pairs at each number of bits


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=27_000_000)
    count = asked.parse_args().count
    rng = np.random.default_rng()
    values = rng.integers(0, 2**64, count, dtype=np.uint64)
    planted: dict[int, set[tuple[int, int]]] = {}
    for bits in range(1, DISTANCE + 2):
        twins = []
        for one in rng.choice(values, PLANTED).tolist():
            other = one
            for bit in rng.choice(64, bits, replace=False).tolist():
                other ^= 1 << bit
            twins.append((min(one, other), max(one, other)))
        planted[bits] = set(twins)
    extra = np.array([value for pairs in planted.values() for pair in pairs for value in pair], np.uint64)
    values = distinct(np.concatenate((values, extra)))
    rng.shuffle(values)
    copy = values.copy()
    began = time.process_time()
    copy.sort()
    one_sort = time.process_time() - began
    del copy
    Path("/proc/self/clear_refs").write_text("5")  # from here on the peak is the join's own, with the values
    began = time.process_time()
    found = {(low, high) for low, high in near_pairs(values, DISTANCE).tolist()}
    spent = time.process_time() - began
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    megabytes = int(peak.split()[1]) / 1024
    print(f"{len(values):,} fingerprints, {len(found):,} pairs at most {DISTANCE} bits apart")
    print(f"CPU {spent:.1f} s, {spent / one_sort:.0f} times one sort of the same values")
    print(f"peak memory {megabytes:.0f} MB, {megabytes * 2**20 / values.nbytes:.1f} × the values")
    missed = sum(len(pairs - found) for bits, pairs in planted.items() if bits <= DISTANCE)
    wrong = len(planted[DISTANCE + 1] & found)
    print(
        f"planted pairs missed: {missed} of {sum(len(planted[bits]) for bits in range(1, DISTANCE + 1))}; beyond: {wrong}"
    )
    return 1 if missed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
