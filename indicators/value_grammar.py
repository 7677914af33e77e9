"""From `[point.value]` and `[point.score]` to typed rules, refusing whatever is not in the grammar.

A part is a text: a name and `=` where its words do not name it, ways apart by `|`, conditions of one way by `&`, a
condition that must not hold behind `!`.  A condition is words to be found in the rule's zones, or one of

    @form:roles  @inner:roles  @link:endings  @offsite:hosts  @host:beginnings  @mark:words  @language:codes  @rows:n  @content  @entry

with alternatives apart by commas.  "@name" alone stands for a list of `[terms]`, one part each.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from indicators.folding import folded
from indicators.grammar import Source
from indicators.regexes import problem
from indicators.value_rules import Condition, Part, Per, ScoreKind, ScoreRule, Term, ValueKind, ValueRule

DEFAULT_ZONES: Final = ("title", "text", "headers")
MAX_PARTS: Final = 64  # they are kept as bits of one number
MAX_WINDOW: Final = 3_660  # days: nothing older than ten years is asked for
MAX_SAMPLE: Final = 1_000
ZONES: Final = frozenset({"title", "column", "text", "headers", "page", "marks"})
_MARKS: Final = frozenset({"form", "inner", "link", "offsite", "host", "mark", "language", "rows", "content", "entry"})
_BARE: Final = frozenset({"content", "entry"})  # marks without arguments
_ROLES: Final = frozenset({"search", "login", "mailbox", "upload", "other"})

_NEEDED: Final[Mapping[ValueKind, frozenset[str]]] = MappingProxyType(
    {
        ValueKind.GRADE: frozenset({"parts", "worth"}),
        ValueKind.PARTS: frozenset({"parts"}),
        ValueKind.ELEMENTS: frozenset({"parts", "sample"}),
        ValueKind.YEARS: frozenset({"back"}),
        ValueKind.COUNT: frozenset({"per"}),
        ValueKind.NAMES: frozenset({"reads"}),
        ValueKind.RATIO: frozenset({"of", "sample"}),
        ValueKind.TALLY: frozenset({"yes", "every"}),
        ValueKind.OVERDUE: frozenset({"yes", "window"}),
        ValueKind.MEDIAN_DAYS: frozenset({"sample", "least"}),
        ValueKind.NUMBER: frozenset({"reads"}),
        ValueKind.SAVED: frozenset({"reads", "sample"}),
        ValueKind.CLICKS: frozenset({"of"}),
    }
)
_ALLOWED: Final[Mapping[ValueKind, frozenset[str]]] = MappingProxyType(
    {
        ValueKind.GRADE: frozenset({"zones"}),
        ValueKind.PARTS: frozenset({"zones", "window", "since"}),
        ValueKind.ELEMENTS: frozenset({"zones", "least"}),
        ValueKind.COUNT: frozenset({"window"}),
        ValueKind.FRESHNESS: frozenset({"parts", "zones"}),
        ValueKind.RATIO: frozenset({"window", "base"}),
        ValueKind.TALLY: frozenset({"window", "open"}),
        ValueKind.MEDIAN_DAYS: frozenset({"window"}),
        ValueKind.NUMBER: frozenset({"whole"}),
    }
)
_EVERYWHERE: Final = frozenset({"kind", "effort"})
_SCORE_KEYS: Final[Mapping[ScoreKind, frozenset[str]]] = MappingProxyType(
    {
        ScoreKind.SHARE: frozenset({"full", "halved_from"}),
        ScoreKind.VOLUME: frozenset({"full"}),
        ScoreKind.LINE: frozenset({"knots", "undated"}),
        ScoreKind.SUM: frozenset({"terms"}),
    }
)
_READS: Final[Mapping[ValueKind, tuple[int, int]]] = MappingProxyType(
    {ValueKind.NAMES: (1, 1), ValueKind.NUMBER: (1, 2), ValueKind.SAVED: (2, 2)}
)


def value_rule(table: Mapping[str, Any], source: Source) -> ValueRule:
    """One `[point.value]`.  Raises CatalogueError."""
    if table.get("kind") not in set(ValueKind):
        raise source.wrong(f"value.kind = {table.get('kind')!r} is none of {', '.join(ValueKind)}")
    kind = ValueKind(table["kind"])
    needed = _NEEDED.get(kind, frozenset())
    _keys(set(table), needed, needed | _ALLOWED.get(kind, frozenset()) | _EVERYWHERE, source, f"value ({kind})")
    parts = _parts(table.get("parts", ()), source)
    rule = ValueRule(
        kind=kind,
        parts=parts,
        worth=_worth(table.get("worth", ()), len(parts), source),
        zones=tuple(table.get("zones", DEFAULT_ZONES)),
        window=_number(table, "window", 1, MAX_WINDOW, source),
        since=_date(table.get("since"), source),
        of=tuple(table.get("of", ())),
        base=_parts(table.get("base", ()), source),
        per=Per(table["per"]) if table.get("per") in set(Per) else None,
        yes=_words(table.get("yes", "")),
        every=_words(table.get("every", "")),
        open=_words(table.get("open", "")),
        reads=tuple(table.get("reads", ())),
        whole=table.get("whole", ""),
        back=_number(table, "back", 1, 10, source),
        sample=_number(table, "sample", 1, MAX_SAMPLE, source),
        least=_number(table, "least", 1, MAX_SAMPLE, source),
        effort=_number(table, "effort", 1, 100_000, source) or 30,
    )
    _check(rule, table, source)
    return rule


def score_rule(table: Mapping[str, Any], source: Source) -> ScoreRule:
    """One `[point.score]`.  Raises CatalogueError."""
    if table.get("kind") not in set(ScoreKind):
        raise source.wrong(f"score.kind = {table.get('kind')!r} is none of {', '.join(ScoreKind)}")
    kind = ScoreKind(table["kind"])
    needed = {ScoreKind.VOLUME: {"full"}, ScoreKind.LINE: {"knots"}, ScoreKind.SUM: {"terms"}}.get(kind, set())
    allowed = _SCORE_KEYS.get(kind, frozenset()) | {"kind"}
    _keys(set(table), frozenset(needed), allowed, source, f"score ({kind})")
    full = float(table.get("full", 1.0))
    if full <= 0:
        raise source.wrong(f"score.full = {full} must be above 0")
    undated = float(table.get("undated", 0.0))
    if not 0 <= undated <= 1:
        raise source.wrong(f"score.undated = {undated} must stand between 0 and 1")
    return ScoreRule(
        kind=kind,
        full=full,
        halved_from=_number(table, "halved_from", 1, 1_000, source),
        knots=_knots(table.get("knots", ()), source),
        undated=undated,
        terms=_terms(table.get("terms", ()), source),
    )


def _parts(texts: Any, source: Source) -> tuple[Part, ...]:
    spelled: list[str] = []
    for text in texts:
        if text.startswith("@") and text[1:] in source.terms:
            spelled.extend(source.terms[text[1:]])
        else:
            spelled.append(text)
    if len(spelled) > MAX_PARTS:
        raise source.wrong(f"{len(spelled)} parts are more than {MAX_PARTS}")
    named = [_named(text) for text in spelled]
    if len({name for name, _ in named}) < len(named):
        raise source.wrong("two parts have the same name: one of them could never be told from the other")
    return tuple(Part(name, tuple(_way(way, source) for way in ways.split("|"))) for name, ways in named)


def _named(text: str) -> tuple[str, str]:
    """Name and ways: the name stands before a `=`, or is made of what the first way asks for."""
    name, mark, ways = text.partition("=")
    if mark and "|" not in name:
        return name, ways
    return "".join(part for part in text.split("|", 1)[0].split("&") if not part.startswith("!")), text


def _way(text: str, source: Source) -> tuple[Condition, ...]:
    return tuple(_condition(part.strip(), source) for part in text.split("&"))


def _condition(text: str, source: Source) -> Condition:
    negated, bare = text.startswith("!"), text.removeprefix("!")
    if not bare.startswith("@"):
        if not folded(bare).strip():
            raise source.wrong(f"a part asks for {text!r}, which is empty once folded")
        return Condition("words", (folded(bare),), negated)
    what, _, rest = bare[1:].partition(":")
    arguments = tuple(rest.split(",")) if rest else ()
    if what not in _MARKS or bool(arguments) is (what in _BARE):
        raise source.wrong(f"a part asks for {text!r}; known are words and @{', @'.join(sorted(_MARKS))}")
    if what in {"form", "inner"} and not set(arguments) <= _ROLES:
        raise source.wrong(f"{text!r}: a form is one of {', '.join(sorted(_ROLES))}")
    if what == "rows" and not (len(arguments) == 1 and arguments[0].isdecimal()):
        raise source.wrong(f"{text!r}: @rows asks for one whole number")
    return Condition(what, arguments, negated)


def _worth(worth: Any, parts: int, source: Source) -> tuple[float, ...]:
    if worth and len(worth) != parts:
        raise source.wrong(f"value.worth has {len(worth)} numbers for {parts} parts")
    if any(not 0 < each <= 1 for each in worth) or list(worth) != sorted(worth, reverse=True):
        raise source.wrong("value.worth must fall from the best part to the least, each above 0 and at most 1")
    return tuple(map(float, worth))


def _check(rule: ValueRule, table: Mapping[str, Any], source: Source) -> None:
    if not set(rule.zones) <= ZONES or not rule.zones:
        raise source.wrong(f"value.zones: {', '.join(rule.zones)} is none of {', '.join(sorted(ZONES))}")
    if "per" in table and rule.per is None:
        raise source.wrong(f"value.per = {table['per']!r} is none of {', '.join(Per)}")
    lowest, highest = _READS.get(rule.kind, (0, 0))
    if not lowest <= len(rule.reads) <= highest:
        raise source.wrong(f"value.reads of kind {rule.kind} has {lowest} to {highest} patterns, not {len(rule.reads)}")
    for key, pattern in (
        *(("reads", each) for each in rule.reads),
        *([("whole", rule.whole)] if "whole" in table else []),
    ):
        fault = problem(pattern)
        if fault:
            raise source.wrong(f"value.{key} {pattern!r}: {fault}")
    if rule.kind is ValueKind.ELEMENTS and rule.least > len(rule.parts):
        raise source.wrong(f"value.least = {rule.least} can never be reached with {len(rule.parts)} parts")


def _keys(found: set[str], needed: frozenset[str], known: frozenset[str], source: Source, where: str) -> None:
    if needed - found:
        raise source.wrong(f"{where} lacks {', '.join(sorted(needed - found))}")
    if found - known:
        raise source.wrong(f"unknown field {', '.join(sorted(found - known))} in {where}")


def _number(table: Mapping[str, Any], key: str, lowest: int, highest: int, source: Source) -> int:
    value = table.get(key)
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise source.wrong(f"{key} = {value!r} is no whole number from {lowest} to {highest}")
    return value


def _date(text: Any, source: Source) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise source.wrong(f"value.since = {text!r} is no date as 2018-12-22") from None


def _words(text: str) -> tuple[str, ...]:
    return tuple(folded(word) for word in text.split("|")) if text else ()


def _knots(knots: Any, source: Source) -> tuple[tuple[float, float], ...]:
    pairs = tuple((float(x), float(y)) for x, y in knots)
    if any(not 0 <= y <= 1 for _, y in pairs):
        raise source.wrong("score.knots: every score must stand between 0 and 1")
    if [x for x, _ in pairs] != sorted(x for x, _ in pairs):
        raise source.wrong("score.knots must rise from left to right")
    return pairs


def _terms(terms: Any, source: Source) -> tuple[Term, ...]:
    found = tuple(Term(each["of"], float(each["weight"]), _knots(each.get("knots", ()), source)) for each in terms)
    if any(term.of not in {"value", "rate", "lag"} for term in found):
        raise source.wrong("score.terms: each is of value, rate or lag")
    if found and abs(sum(term.weight for term in found) - 1) > 1e-9:
        raise source.wrong(f"score.terms: the weights sum to {sum(term.weight for term in found)}, not to 1")
    return found
