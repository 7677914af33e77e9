"""Fingerprints as the package `simhash` computes them, one gram at a time: the reference that ours is equal to.

A round that is to rest on the published package alone can be crawled with it (`CAIFENG_SIMHASH=package`,
docs/deployment.md); it costs some fifty times as much and gives the same values (tests/cleaning/test_fingerprints.py).
"""

from simhash import Simhash

from cleaning.fingerprints import GRAM, MIN_SIMHASH_CHARS, letters_of

_WORD = 2**64


def gram_hash(gram: bytes) -> int:
    """The finaliser of splitmix64 over the code points of a gram (UTF-8) as one polynomial, in whole numbers."""
    packed = 0
    for letter in gram.decode("utf-8", "surrogatepass"):
        packed = (packed * 0x100000001B3 + ord(letter)) % _WORD
    mixed = (packed + 0x9E3779B97F4A7C15) % _WORD
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 % _WORD
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB % _WORD
    return mixed ^ (mixed >> 31)


def features(text: str) -> list[str]:
    """What is hashed of a text: the overlapping grams of its letters and digits; none where it is too short."""
    letters = letters_of(text)
    if len(letters) < MIN_SIMHASH_CHARS:
        return []
    return [letters[start : start + GRAM] for start in range(len(letters) - GRAM + 1)]


def simhash(text: str) -> int:
    """As :func:`cleaning.fingerprints.simhash`, by the package."""
    grams = features(text)
    return int(Simhash(grams, hashfunc=gram_hash).value) if grams else 0
