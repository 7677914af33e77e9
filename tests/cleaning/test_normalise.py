"""The text the word lists see: what the tables say is what the standard library says, step by step."""

import re
import tomllib
import unicodedata
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning import normalise as room
from cleaning.normalise import normalise, normalise_each

DISGUISES = tomllib.loads(files("cleaning").joinpath("rules/disguises.toml").read_text("utf-8"))
CHARACTERS = {one: plain for plain, many in DISGUISES["characters"].items() for one in many} | dict(
    zip(DISGUISES["traditional"]["from"], DISGUISES["traditional"]["to"], strict=True)
)
INVISIBLE = re.compile(r"[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
SPLIT = re.compile(r"(?<=[\u4e00-\u9fff])[\s*·•.\-_~|/\\^#@+=￥$%&°′`'\"丶丨﹡★☆※◆●■▲→←↑↓〃]{1,3}(?=[\u4e00-\u9fff])")
# Bits that meet the rules' edges: marks, disguises, spellings, characters that combine, grow, vanish or are told late.
BITS = [
    *"中文赌博微薇信芯加vqQ群0123丶丨★.·-_/ \t\n\u3000\xa0，：…㎡①Ⅹ½💬💰☎éÉİΣς\u0301\u0308\u200b\ufeff\x00\U00020000𝟏ﾊﾞ각",
    *("du", "bo", "菠菜平台", "kai", "代", "pao", "约", "財票", "lhc", "６合彩", "票", "weixin号", "+v", "q q:12345"),
    *("QQ群123456", "博c平台", "\u1100\u1161\u11a8", "開戶", "\ud800"),
]


def reference(text: str) -> str:
    """The same by the standard library alone: NFKC, lower case, one replacement after the other."""
    plain = INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()
    plain = SPLIT.sub("", "".join(CHARACTERS.get(letter, letter) for letter in plain))
    for word, spellings in DISGUISES["words"].items():
        plain = re.sub("|".join(spellings), word, plain)
    return " ".join(plain.split())


@settings(deadline=None)
@given(st.lists(st.sampled_from(BITS), max_size=30).map("".join))
def test_the_tables_say_what_the_standard_library_says(text: str) -> None:
    """Look-ups, prefilters and the way round for combining characters change nothing."""
    assert normalise(text) == reference(text)


def test_each_character_becomes_what_it_becomes_alone() -> None:
    """Every fifth character of the basic plane and the symbols beyond it, between Han characters and doubled."""
    for code in (*range(3, 0xD800, 5), *range(0xE001, 0x10000, 5), *range(0x1D400, 0x1F700, 7), 0x2F801):
        for text in (f"中{chr(code)}文", f"a{chr(code) * 2}b"):
            assert normalise(text) == reference(text), hex(code)


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(BITS), max_size=8).map("".join), min_size=1, max_size=4))
def test_several_texts_in_one_go_are_each_alone(texts: list[str]) -> None:
    """No step reaches from one text into the next."""
    assert normalise_each(texts) == tuple(map(normalise, texts))


def test_a_spelling_without_a_literal_beginning_is_refused() -> None:
    """Nothing could tell that such a spelling may stand in a text: it would never be looked for."""
    with pytest.raises(ValueError, match="must begin with a literal"):
        room._beginning("[vw]信")
    assert room._beginning(r"\+v(?![a-z])") == "+v"
    assert room._beginning(r"q\s?q(?=\d)") == "q"
    assert room._beginning("ab?c") == "a"
