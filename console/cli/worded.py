"""Rows of an export as people read them: the words for closed codes, Chinese for the records' English sentences."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from console.cli import explaining, render, words
from console.cli.causes import cause
from indicators import wording
from pipelines.store.export import Row

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "verdict": render.VERDICTS,
    "language": {name: wording.SHAPE_WORDS[name] for name in ("zh", "zh-hant", "en", "none", "other")},
    "page_type": wording.PAGE_TYPES,
    "media": words.MEDIA,
    "via": words.VIAS,
    "end": words.ENDS,
    "reason": {**words.FAILURES, **words.SKIPS},
    "strength": words.STRENGTHS,
    "zone": words.PLACES,
    "state": words.VALUE_STATES,
    "why": words.VALUE_WHYS,
}


def worded(row: Row) -> Row:
    """The same row with words for codes; what has none, such as an attachment's own kind, stays."""
    return {name: _cell(name, value) for name, value in row.items()}


def _cell(name: str, value: Any) -> Any:
    if name in WORDS:
        return WORDS[name].get(value, value)
    return _SHAPED[name](value) if name in _SHAPED else value


def _reasons(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    told = ((one, *explaining.row(one["code"], one["where"], one["detail"])) for one in found)
    return [{"理由": name, "位置": place, "说明": detail, "分量": one["weight"]} for one, name, place, detail in told]


def _more(found: dict[str, Any]) -> dict[str, Any]:
    return {words.MEASURES.get(name, name): value for name, value in found.items()}


_SHAPED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "reasons": _reasons,
    "findings": _reasons,
    "more": _more,
    "detail": cause,
    "content": lambda there: "是" if there else "否",
}
