"""From the tables of a catalogue file to typed clauses, refusing whatever is not in the grammar.

A clause is one of three:

    { in = [zones], any = [terms] | all = [terms], distinct = n, at = "whole", unless = [terms], near = [terms], within = n }
    { in = [zones], pattern = "regex" }
    { page_type = [...], form = [...], language = [...], publisher = [...], min_rows = n, min_items = n, ... }

A term "a|b" is one thing with two spellings; "@name" stands for a list from `[terms]` of the file or of `_shared.toml`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from cleaning.page import PageType
from indicators.errors import CatalogueError
from indicators.evidence import Strength
from indicators.folding import folded_term
from indicators.records import Clause, Pattern, Place, Rule, Shape, Words, Zone
from indicators.regexes import problem

WORDS_KEYS: Final = frozenset({"in", "any", "all", "distinct", "at", "unless", "near", "within"})
PATTERN_KEYS: Final = frozenset({"in", "pattern"})
LISTS: Final[Mapping[str, frozenset[str]]] = {
    "page_type": frozenset(kind.value for kind in PageType),
    "form": frozenset({"search", "login", "mailbox", "upload", "other"}),
    "inner": frozenset({"search", "login", "mailbox", "upload", "other"}),
    "language": frozenset({"zh", "zh-hant", "en", "other", "none"}),
    "publisher": frozenset({"government", "department", "other"}),
}
NUMBERS: Final = frozenset({"min_rows", "min_items", "min_links", "min_text", "max_text"})
FLAGS: Final = frozenset({"dated", "column"})
_SHAPE_KEYS: Final = frozenset({*LISTS, *NUMBERS, *FLAGS})
RULE_KEYS: Final = frozenset({"strength", "confidence", "need", "refuse"})
_ITEM_ZONES: Final = frozenset(Zone) - {Zone.TEXT, Zone.URL, Zone.SITE}


@dataclass(frozen=True, slots=True)
class Source:
    """What errors name, and the term lists a clause may refer to."""

    file: str
    where: str
    terms: Mapping[str, tuple[str, ...]]

    def wrong(self, problem_text: str) -> CatalogueError:
        """The error for a problem here."""
        return CatalogueError(self.file, self.where, problem_text)


def rule(table: Mapping[str, Any], source: Source) -> Rule:
    """One `[[point.rule]]`.  Raises CatalogueError."""
    unknown = set(table) - RULE_KEYS
    if unknown:
        raise source.wrong(f"unknown field {_names(unknown)} in a rule")
    if table.get("strength") not in {"content", "chrome"}:
        raise source.wrong(f"strength must be content or chrome, not {table.get('strength')!r}")
    confidence = table.get("confidence")
    if not isinstance(confidence, float) or not 0.0 < confidence < 1.0:
        raise source.wrong(f"confidence must stand between 0 and 1, not {confidence!r}")
    need = tuple(clause(part, source) for part in table.get("need", ()))
    if not need:
        raise source.wrong("a rule without `need` would hold on every page")
    refuse = tuple(clause(part, source) for part in table.get("refuse", ()))
    return Rule(Strength(table["strength"]), confidence, need, refuse)


def clause(table: Mapping[str, Any], source: Source) -> Clause:
    """One clause.  Raises CatalogueError."""
    keys = set(table)
    if "pattern" in keys:
        _known(keys, PATTERN_KEYS, source)
        fault = problem(table["pattern"])
        if fault:
            raise source.wrong(f"pattern {table['pattern']!r}: {fault}")
        return Pattern(_zones(table, source), table["pattern"])
    if keys & {"any", "all"}:
        _known(keys, WORDS_KEYS, source)
        return _words(table, source)
    if not keys:
        raise source.wrong("an empty clause")
    _known(keys, _SHAPE_KEYS, source)
    return _shape(table, source)


def _words(table: Mapping[str, Any], source: Source) -> Words:
    if {"any", "all"} <= set(table):
        raise source.wrong("a clause has either `any` or `all`")
    groups = tuple(tuple(term.split("|")) for term in _terms(table, "any" if "any" in table else "all", source))
    distinct = len(groups) if "all" in table else table.get("distinct", 1)
    if not isinstance(distinct, int) or not 1 <= distinct <= len(groups):
        raise source.wrong(f"distinct = {distinct!r} can never be reached with {len(groups)} terms")
    if table.get("at", "anywhere") not in set(Place):
        raise source.wrong(f"at = {table['at']!r} is none of {', '.join(Place)}")
    place = Place(table.get("at", "anywhere"))
    zones = _zones(table, source)
    if place is not Place.ANYWHERE and not set(zones) <= _ITEM_ZONES:
        raise source.wrong(f"at = {place} asks for items; these zones have none: {_names(set(zones) - _ITEM_ZONES)}")
    unless, near = _terms(table, "unless", source), _terms(table, "near", source)
    _reachable(groups, unless, source)
    return Words(zones, groups, distinct, place, unless, near, int(table.get("within", 20)))


def _shape(table: Mapping[str, Any], source: Source) -> Shape:
    for key, value in table.items():
        if key in LISTS:
            strange = set(value) - LISTS[key]
            if not value or strange:
                raise source.wrong(f"{key}: {_names(strange) or 'empty'} is none of {', '.join(sorted(LISTS[key]))}")
        elif key in NUMBERS and not (isinstance(value, int) and value >= 0):
            raise source.wrong(f"{key} must be a whole number, not {value!r}")
        elif key in FLAGS and not isinstance(value, bool):
            raise source.wrong(f"{key} must be true or false, not {value!r}")
    conditions: dict[str, Any] = {key: tuple(value) if key in LISTS else value for key, value in table.items()}
    return Shape(**conditions)


def _zones(table: Mapping[str, Any], source: Source) -> tuple[Zone, ...]:
    strange = set(table.get("in", ())) - set(Zone)
    if strange or not table.get("in"):
        raise source.wrong(f"`in`: {_names(strange) or 'empty'} is none of {', '.join(Zone)}")
    return tuple(Zone(name) for name in table["in"])


def _terms(table: Mapping[str, Any], key: str, source: Source) -> tuple[str, ...]:
    terms: list[str] = []
    for term in table.get(key, ()):
        if not isinstance(term, str):
            raise source.wrong(f"{key}: {term!r} is not a text")
        if term.startswith("@"):
            if term[1:] not in source.terms:
                raise source.wrong(f"{key}: there is no term list named {term[1:]!r}")
            terms.extend(source.terms[term[1:]])
        else:
            terms.append(term)
    for spelling in (part for term in terms for part in term.split("|")):
        if fault := _unfit(spelling):
            raise source.wrong(f"{key}: {spelling!r} {fault}")
    return tuple(terms)


@cache  # the same lists are named by many clauses
def _unfit(spelling: str) -> str:
    """Why a spelling can never match, or an empty string."""
    text = folded_term(spelling)
    if not text.strip():
        return "is empty once folded, so it can never match"
    if text != text.strip() or any(mark in spelling for mark in "\x00\x02\x03\n"):
        return "does not survive the folding of pages"
    return ""


def _reachable(groups: tuple[tuple[str, ...], ...], unless: tuple[str, ...], source: Source) -> None:
    """A term that contains one of its own `unless` phrases is void wherever it occurs."""
    for term in (spelling for group in groups for spelling in group):
        for phrase in unless:
            if folded_term(phrase) in folded_term(term):
                raise source.wrong(f"{term!r} can never match: it contains {phrase!r}, which voids it")


def _known(keys: set[str], known: frozenset[str], source: Source) -> None:
    if keys - known:
        raise source.wrong(f"unknown field {_names(keys - known)} in a clause; known here: {_names(set(known))}")


def _names(names: Collection[str]) -> str:
    return ", ".join(sorted(names))
