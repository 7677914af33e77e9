"""Pages of one template: joined as a family, never copies of each other."""

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.families import MIN_TEXT, Member, families, likeness
from cleaning.fingerprints import MIN_SIMHASH_CHARS, SKETCH, prints
from cleaning.read import read
from tests.cleaning import saved_pages

UNIT = ("110000",)
FORM = """现将{who}申请的{what}项目有关情况予以公示，公示期为{when}起七个工作日，公示期内如有异议，请以书面形式向本机关反映，并署真实姓名和联系方式，逾期不再受理。
申请人：{who}。项目名称：{what}。建设地点：{where}。受理机关对申请材料进行了审查，认为申请材料齐全、符合法定形式，依照有关法律法规的规定，拟作出准予行政许可的决定。
联系地址：政务服务中心二楼综合窗口，邮政编码见本机关网站，办公时间为工作日上午九时至十二时、下午一时至五时，节假日除外。任何单位和个人对公示内容有异议的，应当提供必要的证明材料。"""
FACTS = [
    {"who": "东山纸业公司", "what": "污水处理站改造", "when": "三月五日", "where": "开发区北路"},
    {"who": "清河学校", "what": "教学楼扩建", "when": "六月一日", "where": "清河镇中心街"},
    {"who": "林海木材厂", "what": "锅炉更新", "when": "九月二十日", "where": "林海乡"},
    {"who": "县第二医院", "what": "放射科机房", "when": "十一月三日", "where": "解放大道"},
]
PAGES = [FORM.format(**facts) for facts in FACTS]
OTHER = "".join(
    f"第{n}条 {word}应当遵守本办法，{word}的责任由主管部门另行规定并向社会公开。"
    for n, word in enumerate("甲乙丙丁戊己庚辛壬癸子丑寅卯", 1)
)


def member(key: str, text: str, units: tuple[str, ...] = UNIT) -> Member:
    return Member(key, units, prints(text).sketch)


def test_one_template_with_other_facts_is_a_family() -> None:
    """Four notices of one form are joined under the smallest key; a page of another kind has no family."""
    found = families([*(member(f"k{n}", text) for n, text in enumerate(PAGES)), member("a", OTHER)])
    assert found == {f"k{n}": "k0" for n in range(4)}


def test_families_stay_within_their_units() -> None:
    """Pages of other units are not compared; whoever serves the same units is, in whatever order they are named."""
    found = families(
        [
            member("a", PAGES[0], ("110000", "120000")),
            member("b", PAGES[1], ("120000", "110000")),
            member("c", PAGES[2], ("130000",)),
        ]
    )
    assert found == {"a": "a", "b": "a"}


def test_a_chain_is_one_family_with_its_smallest_key() -> None:
    """What is alike over a third page is joined, and nobody's family is a key that has another."""
    sketches = [bytes([1] * 64), bytes([1] * 40 + [2] * 24), bytes([1] * 16 + [2] * 48), bytes([9] * 64)]
    assert likeness(sketches[0], sketches[2]) < 0.3
    found = families(Member(key, UNIT, sketch) for key, sketch in zip("dcba", sketches, strict=True))
    assert found == {"d": "b", "c": "b", "b": "b"}


def test_the_labelled_groups_are_joined_and_nothing_else() -> None:
    """All labelled groups of the saved pages; beside them only pairs that truly share half of their 8-grams."""
    rows = saved_pages.rows()
    labelled = (saved_pages.DATA / "near_duplicates.jsonl").read_text("utf-8")
    groups = [json.loads(line)["ids"] for line in labelled.splitlines()]
    pages = {
        row["id"]: page
        for row in rows
        if row["kind"] == "gov-html"
        and (page := read((saved_pages.DATA / row["file"]).read_bytes(), row["url"])).page_type
        not in {"home", "list", "search"}
    }
    found = families(Member(key, UNIT, page.sketch) for key, page in pages.items() if len(page.text) >= MIN_TEXT)
    for ids in groups:
        assert {found.get(one) for one in ids} == {min(ids)}
    others = set(found) - {one for ids in groups for one in ids}
    for one in others:
        best = max(
            _share(pages[one].text, pages[other].text) for other in found if other != one and found[other] == found[one]
        )
        assert best >= 0.5, one


def _share(one: str, other: str) -> float:
    first, second = ({flat[at : at + 8] for at in range(len(flat) - 7)} for flat in map(_flat, (one, other)))
    return len(first & second) / len(first | second)


def _flat(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40)), max_size=40), st.randoms())
def test_the_order_of_pages_does_not_matter(made: list[tuple[int, int]], random: Random) -> None:
    """Any pages in any order: the same families, each named by its smallest key, each of two pages or more."""
    pages = [
        Member(f"k{n:02}", (str(base % 2),), bytes([base * 40 + 1] * (64 - changed) + [n + 1] * changed))
        for n, (base, changed) in enumerate(made)
    ]
    found = families(pages)
    shuffled = list(pages)
    random.shuffle(shuffled)
    assert families(shuffled) == found
    for family in set(found.values()):
        keys = [key for key, its in found.items() if its == family]
        assert len(keys) >= 2
        assert min(keys) == family


def test_a_large_family_holds_together() -> None:
    """Of a template with thousands of pages only neighbours are compared, and all are joined."""
    random = Random(3)
    base = random.randbytes(SKETCH)
    pages = [
        Member(f"k{n:05}", UNIT, bytes(random.randrange(1, 256) if random.random() < 0.2 else one for one in base))
        for n in range(3_000)
    ]
    assert set(families(pages).values()) == {"k00000"}
    assert len(families(pages)) == 3_000


@settings(deadline=None)
@given(st.text(alphabet="市人民政府通知公告一二三abc，。 \n\U00020000", max_size=400))
def test_a_sketch_is_of_the_letters_alone(text: str) -> None:
    """Width, case, blanks and marks change nothing; too short a text has none; a text is wholly like itself."""
    made = prints(text)
    assert prints(f" {text}！\n".upper()) == made
    if sum(map(str.isalnum, text)) < MIN_SIMHASH_CHARS:
        assert made.sketch == b""
    else:
        assert len(made.sketch) == SKETCH
        assert likeness(made.sketch, made.sketch) == 1.0


def test_a_sketch_of_another_size_is_refused() -> None:
    """Half a sketch is named with its page, and nothing is grouped by it."""
    with pytest.raises(ValueError, match="sketch of k1: 10 bytes"):
        families([Member("k1", UNIT, bytes(10))])
