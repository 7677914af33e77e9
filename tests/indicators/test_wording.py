"""Clauses in words that officials follow: nothing of the catalogue's own spelling is left in them."""

from __future__ import annotations

import re

from indicators import catalogue
from indicators.grammar import LISTS
from indicators.records import Words, Zone
from indicators.value_rules import Condition, Part
from indicators.wording import SHAPE_WORDS, clause_text, clues_text, part_text

POINTS = catalogue.load().points.values()
CLAUSES = [clause for point in POINTS for rule in point.rules for clause in (*rule.need, *rule.refuse)]


def test_every_value_a_shape_can_ask_for_has_a_word() -> None:
    """Types of pages, roles of forms, languages, publishers."""
    assert set(SHAPE_WORDS) == {value for values in LISTS.values() for value in values}


def test_no_clause_shows_codes_or_control_characters() -> None:
    """A shape's codes and the marks of an item are worded; a pattern says that it is one."""
    shapes = [text for clause in CLAUSES if "符合正则表达式" not in (text := clause_text(clause)) and "含" not in text]
    assert not any(re.search(r"页面类型是[^，]*[a-z]", text) for text in map(clause_text, CLAUSES))
    assert not any(re.search(r"\\x0[23]|[\x02\x03]", text) for text in map(clause_text, CLAUSES))
    assert shapes


def test_a_clause_of_many_spellings_says_how_many_there_are() -> None:
    """A list that nobody reads to its end hides the others."""
    words = Words((Zone.TEXT,), (tuple(f"说法{number}" for number in range(20)), ("流程",)), 2)
    text = clause_text(words)
    assert "说法5…（20 种说法）、流程（至少 2 项）" in text
    assert "说法6" not in text


def test_clues_and_parts_are_sentences() -> None:
    """Alternatives joined as Chinese joins them; a part with the ways it is shown in, together or not at all."""
    assert clues_text("标题含 留言统计|办理通报;期数日期") == "标题含 留言统计、办理通报；期数日期"
    ways = (
        (Condition("words", ("收费",)), Condition("words", ("免费",), negated=True)),
        (Condition("form", ("search",)),),
    )
    assert part_text(Part("收费", ways)) == "收费（收费+不能有 免费|有表单 搜索）"
    assert part_text(Part("依据", ((Condition("words", ("依据",)),),))) == "依据"
