"""Forms of a point's texts: clues, citations, weights."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import catalogue, weights
from indicators.errors import CatalogueError
from indicators.sources import Document, Read, citations, documents
from indicators.texts import Clue, clues, fault

KNOWN = {
    number: Document(number, "t", "i", Read.WHOLE)
    for number in ("国办发〔2018〕32号", "国办发〔2018〕3号", "中国地方政府互联网服务能力发展报告(2019)", "designed")
}
WORDS = st.text(st.sampled_from("栏目标题清单索引号(2)"), min_size=1, max_size=8).filter(
    lambda text: text.count("(") == text.count(")")
)


def test_a_place_stands_before_its_alternatives() -> None:
    """`栏目 a|b;URL含 x;c` says where to look for a and b, and for x."""
    assert clues("栏目 政策文件|政府文件;URL含 gkml;列表首条日期") == (
        Clue("栏目", ("政策文件", "政府文件")),
        Clue("URL含", ("gkml",)),
        Clue("", ("列表首条日期",)),
    )


@given(st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_clues_lose_nothing(parts: list[list[str]]) -> None:
    """Whatever the words, joining the clues again gives the text."""
    text = ";".join("|".join(part) for part in parts)
    assert ";".join("|".join(clue.alternatives) for clue in clues(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [("a；b", "；"), ("a|｜b", "｜"), ("a||b", "empty alternative"), ("a;;b", "empty alternative"), ("a、b", "、")],
)
def test_a_loose_text_is_refused(text: str, said: str) -> None:
    """Full-width signs, empty clues, and enumerations that leave open whether one or all must be found."""
    assert said in fault(text, evidence=True)


def test_enumerations_stand_in_exclusions_and_parentheses() -> None:
    """There `、` joins what belongs together."""
    assert not fault("新闻、解读", evidence=False)
    assert not fault("至少两类(社保、医疗)", evidence=True)


def test_a_citation_has_document_place_and_note() -> None:
    """The longest number that fits is meant; parentheses in the number are not the note."""
    first, second, third, fourth = citations(
        "国办发〔2018〕32号(8.5个工作日);中国地方政府互联网服务能力发展报告(2019) 第二章(一)1;designed;国办发〔2018〕3号",
        KNOWN,
    )
    assert (first.document.number, first.place, first.note) == ("国办发〔2018〕32号", "", "8.5个工作日")
    assert (second.document.number, second.place, second.note) == (
        "中国地方政府互联网服务能力发展报告(2019)",
        "第二章(一)1",
        "",
    )
    assert (third.document.number, third.note) == ("designed", "")
    assert fourth.document.number == "国办发〔2018〕3号"


@pytest.mark.parametrize("source", ["", "国办发〔2099〕1号", "designed;", "designed附件", "某某办法"])
def test_an_unknown_document_is_refused(source: str) -> None:
    """A citation of what is not in the list, or with something between number and place, is no citation."""
    with pytest.raises(ValueError, match="number of no document"):
        citations(source, KNOWN)


def test_documents_are_refused_twice_or_half() -> None:
    """A number once, all fields, and how much was read."""
    row = {"number": "a", "title": "t", "issuer": "i", "read": "whole"}
    for rows in ([row, row], [{**row, "title": ""}], [{**row, "read": "some"}], [{"number": "a"}]):
        with pytest.raises(CatalogueError):
            documents({"document": rows})


def test_every_document_is_cited() -> None:
    """The list holds nothing that no point rests on."""
    loaded = catalogue.load()
    cited = {one.document.number for point in loaded.points.values() for one in loaded.citations(point)}
    assert cited == set(loaded.documents)


def test_the_whole_is_worth_a_hundred() -> None:
    """Shares of all indicators sum to 100, each level to its parent's."""
    assert sum(indicator.worth for indicator in catalogue.load().indicators) == pytest.approx(100)


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"level1": {"a": 60, "b": 30}, "level2": {}},
        {"level1": {"a": 100.0}, "level2": {}},
        {"level1": {"a": 100}, "level2": {"c": 0}},
    ],
)
def test_upper_weights_that_do_not_fit_are_refused(table: dict[str, dict[str, object]]) -> None:
    """Level 1 sums to 100 and every weight is a whole number of per cent."""
    with pytest.raises(CatalogueError):
        weights.upper(table, "f")
