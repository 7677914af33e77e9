"""Why a value is nought, for people and as JSON: what each rule asked for, how many pages had it, which pages came nearest."""

from typing import Any, Final

from console.cli import render
from indicators import wording
from indicators.clause_counts import Miss, RuleCount
from indicators.records import Point
from rounds.noughts import Nought

_UNTOLD: Final = {
    "from-sites": "这个值由全部网页一起得出（{kind}），没有逐页的规则可对。",
    "no-rules": "这个点位没有网页规则可对（{kind}）。",
    "rules-hold": "规则在网页上成立，没有再逐条对；为 0 的原因见上面的计数。",
    "other-catalogue": "这个值按另一版目录算出，规则已经改过，没有逐条对：先用 caifeng retag {round} 重判。",
    "not-asked": "没有逐条对规则（--trace 0）。",
    "archive-away": "存档现在读不到，没有逐条对规则：存储恢复后再试。",
}
_WITHOUT_RULES: Final = frozenset({"from-sites", "no-rules"})


def document(found: Nought) -> dict[str, Any]:
    """The JSON of it."""
    return {
        "pages": found.pages,
        "traced": found.traced,
        "unread": found.unread,
        "untold": found.untold,
        "tagged": {
            "content": found.tagged.content,
            "entry": found.tagged.entry,
            "outside_window": found.tagged.outside,
            "undated": found.tagged.undated,
        },
        "window": found.window,
        "parts": {name: found.tagged.parts[name] for name in found.parts},
        "rules": [_rule_document(one) for one in found.rules],
    }


def tell(found: Nought, point: Point, round_name: str) -> None:
    """The same for people."""
    kind = wording.KINDS[point.value.kind] if point.value else ""
    untold = _UNTOLD[found.untold].format(kind=kind, round=round_name) if found.untold else ""
    if found.untold in _WITHOUT_RULES:
        render.say(f"为什么是 0：{untold}")
        return
    render.say(f"为什么是 0：{_evidence(found)}")
    if found.parts and (found.tagged.content or found.tagged.entry):
        parts = point.value.parts if point.value else ()
        seen = [f"{one.name}（{found.tagged.parts[one.name]:,} 页）" for one in parts if found.tagged.parts[one.name]]
        missing = [wording.part_text(one) for one in parts if not found.tagged.parts[one.name]]
        render.say(f"  见到的部分：{'、'.join(seen) or '没有'}")
        render.say(f"  没见到的部分：{'、'.join(missing) or '没有'}")
    if untold:
        render.say(f"  {untold}")
        return
    drawn = f"，抽 {found.traced + found.unread:,} 页" if found.traced + found.unread < found.pages else ""
    unread = f"，另有 {found.unread:,} 页的存档已清理或损坏" if found.unread else ""
    render.say(f"  能作证的 {found.pages:,} 页{drawn}，逐条对了 {found.traced:,} 页{unread}：")
    for number, rule in enumerate(found.rules, 1):
        _tell_rule(number, rule)


def _evidence(found: Nought) -> str:
    tagged = found.tagged
    if not tagged.content and not tagged.entry:
        return "没有一页成立任何一条规则。"
    told = f"作为证据的内容页 {tagged.content:,} 页，只有入口的 {tagged.entry:,} 页"
    if found.window and tagged.content:
        within = tagged.content - tagged.outside - tagged.undated
        told += (
            f"；内容页里 {found.window} 天以内的 {within:,} 页，更早的 {tagged.outside:,} 页，"
            f"读不到日期的 {tagged.undated:,} 页"
        )
    return f"{told}。"


def _tell_rule(number: int, rule: RuleCount) -> None:
    strength = wording.STRENGTHS[rule.rule.strength]
    render.say(f"  规则 {number}（{strength}，可信度 {rule.rule.confidence}）：{rule.pages:,} 页成立")
    for place, one in enumerate(rule.clauses, 1):
        word = "不能有" if one.refuses else "要有"
        pages = f"{one.pages:,} 页有" if one.pages or one.refuses else "没有一页有"
        render.say(f"    {place}. {pages} ｜ {word}：{wording.clause_text(one.clause)}")
    for miss in rule.nearest:
        render.say(f"    最接近：{miss.pages:,} 页只差{_lacking(rule, miss)}，例如 {miss.example}")


def _lacking(rule: RuleCount, miss: Miss) -> str:
    """The clauses by their numbers: those that are not there, and those that should not be."""
    said = (
        ("没有", [str(place + 1) for place in miss.lacks if not rule.clauses[place].refuses]),
        ("有了不能有的", [str(place + 1) for place in miss.lacks if rule.clauses[place].refuses]),
    )
    return "，".join(f"{word}第 {'、'.join(places)} 条" for word, places in said if places)


def _rule_document(rule: RuleCount) -> dict[str, Any]:
    return {
        "strength": str(rule.rule.strength),
        "confidence": rule.rule.confidence,
        "pages": rule.pages,
        "clauses": [
            {"clause": wording.clause_text(one.clause), "refuses": one.refuses, "pages": one.pages}
            for one in rule.clauses
        ],
        "nearest": [{"lacks": list(miss.lacks), "pages": miss.pages, "example": miss.example} for miss in rule.nearest],
    }
