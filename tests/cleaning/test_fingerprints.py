"""Fingerprints of text."""

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simhash import Simhash

from cleaning import reference
from cleaning.fingerprints import GRAM, MIN_SIMHASH_CHARS, distance, number_hash, simhash, text_hash

TEXT = (
    "为深入贯彻落实国务院关于深化放管服改革优化营商环境的决策部署，进一步规范行政许可事项办理，现将有关事项通知如下。"
    "一、各单位要在2024年6月30日前完成事项梳理，压缩办理时限，减少申请材料，推行一次办好。"
    "二、市政务服务中心负责统筹协调，全年投入12亿元用于基层便民服务体系建设，受理电话03726280000。"
    "三、市审计局对资金使用情况进行监督检查，发现问题及时整改，并将结果向社会公开，接受群众监督。"
)


def test_text_hash_sees_words_and_not_white_space() -> None:
    """Line breaks, full-width blanks and zero-width marks do not count; words do; nothing gives nothing."""
    assert text_hash("甲 乙\n丙") == text_hash("  甲\u3000乙 \u200b 丙 ")
    assert text_hash("甲乙丙") != text_hash("甲乙丁")
    assert text_hash(" \n\u3000") == ""


def test_simhash_value_is_fixed() -> None:
    """The value is part of stored records: the same on every machine and in every version."""
    assert f"{simhash(TEXT):016x}" == "184734881ca76433"


def test_short_text_has_no_simhash() -> None:
    """Below forty letters and digits nothing can be told."""
    assert simhash("关于做好工作的通知" * 4) == 0
    assert simhash("关于做好工作的通知" * 5) != 0


def test_simhash_ignores_width_case_and_punctuation() -> None:
    """A copy with full-width digits, other punctuation and other case is the same text."""
    assert simhash(TEXT) == simhash(TEXT.replace("，", " , ").replace("2024", "２０２４"))


def test_number_hash_tells_numbers_and_their_order() -> None:
    """Swapped or changed numbers differ; view counters, the reader's day and digit width do not."""
    assert number_hash("2024年投入12亿元") != number_hash("2042年投入21亿元")
    assert number_hash("12亿元、13亿元") != number_hash("13亿元、12亿元")
    assert number_hash("浏览次数：123 第5号") == number_hash("浏览次数：9876 第５号")
    assert number_hash("今天是2024年5月6日 星期一\n第5号") == number_hash("今天是2025年1月2日 星期四\n第5号")


def test_distances_are_spread_like_those_of_the_reference_package() -> None:
    """Edits move both by similar amounts: few bits for small edits, about half of all for other texts."""
    rng = random.Random(5)
    ours: dict[int, list[int]] = {}
    theirs: dict[int, list[int]] = {}
    for edits in (1, 8, 40, 400):
        for _ in range(30):
            changed = list(TEXT)
            for _ in range(edits):
                changed[rng.randrange(len(changed))] = chr(rng.randrange(0x4E00, 0x9FA5))
            ours.setdefault(edits, []).append(distance(simhash(TEXT), simhash("".join(changed))))
            theirs.setdefault(edits, []).append(Simhash(TEXT).distance(Simhash("".join(changed))))
    for edits, found in ours.items():
        mean, reference = sum(found) / 30, sum(theirs[edits]) / 30
        assert abs(mean - reference) <= max(2.5, 0.25 * reference), (edits, mean, reference)


LETTERS = st.text(
    alphabet="国务院关于印发公告通知２０4年aBé\u0301Σς㎡①，。 \n\ufb01\U00020000\U0001d7d8각ﾊﾟ", max_size=120
)


@settings(deadline=None)
@given(LETTERS)
def test_simhash_is_that_of_the_reference_package_on_the_same_features(text: str) -> None:
    """The package, given our grams and our hash of a gram, computes the same value."""
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).lower()
    grams = [letters[start : start + GRAM] for start in range(len(letters) - GRAM + 1)]
    wanted = Simhash(grams, hashfunc=reference.gram_hash).value if len(letters) >= MIN_SIMHASH_CHARS else 0
    assert simhash(text) == reference.simhash(text) == wanted


@pytest.mark.parametrize("times", [70, 2_000])
def test_simhash_of_a_long_text_is_that_of_the_reference_package(times: int) -> None:
    """Counting goes on over any number of grams."""
    text = "".join(f"第{number}号公告" for number in range(times))
    grams = [text[start : start + GRAM] for start in range(len(text) - GRAM + 1)]
    assert simhash(text) == Simhash(grams, hashfunc=reference.gram_hash).value


@settings(deadline=None)
@given(st.text(alphabet="0129１²½㎡①٣年，、 \n\uf967\U0001d7d8\U00020000", max_size=60))
def test_numbers_are_the_runs_of_digits_after_normalising(text: str) -> None:
    """Digits of any width and script, powers, circled numbers: as if the plain text had been written."""
    assert number_hash(text) == number_hash(unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize(
    "volatile",
    ["点击量:（{}）", "阅读 {} ", "{}次浏览", "{} 人阅读", "您是第{}位访客", "今天是2024年{}月", "下载［{}］"],
)
def test_counters_do_not_count(volatile: str) -> None:
    """However a counter is written, its number is left out and those around it stay."""
    texts = [f"第5号\n{volatile.format(number)}\n共12件" for number in (7, 3456)]
    assert number_hash(texts[0]) == number_hash(texts[1])
    assert number_hash(texts[0]) != number_hash(texts[0].replace("12件", "13件"))
