"""Text as the word lists see it: full-width, split, disguised and traditional forms brought back to plain ones."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final

from cleaning.compatible import nfkc

# Marks put between the characters of a forbidden word.  Only between two Han characters: 2019-12-03 and A+B stay.
_SPLIT: Final = re.compile(
    r"(?<=[\u4e00-\u9fff])[\s*·•.\-_~|/\\^#@+=￥$%&°′`'\"丶丨﹡★☆※◆●■▲→←↑↓〃]{1,3}(?=[\u4e00-\u9fff])"
)
_INVISIBLE: Final = re.compile(r"[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[int, str], tuple[tuple[re.Pattern[str], str], ...]]:
    table = tomllib.loads(files("cleaning").joinpath("rules/disguises.toml").read_text("utf-8"))
    characters = {ord(one): plain for plain, many in table["characters"].items() for one in many}
    traditional, simplified = table["traditional"]["from"], table["traditional"]["to"]
    characters.update({ord(one): plain for one, plain in zip(traditional, simplified, strict=True)})
    words = tuple((re.compile(pattern), plain) for plain, pattern in table["words"].items())
    return characters, words


def normalise(text: str) -> str:
    """Lower case, NFKC, disguises undone (rules/disguises.toml), split characters joined, white space folded."""
    characters, words = _tables()
    plain = _INVISIBLE.sub("", nfkc(text)).lower().translate(characters)
    plain = _SPLIT.sub("", plain)
    for pattern, word in words:
        plain = pattern.sub(word, plain)
    return " ".join(plain.split())
