"""Loads the catalogue: one TOML file per level-3 indicator under `catalogue/`, `_shared.toml` and `_documents.toml`.

The catalogue is a sourced reconstruction: the official list of 257 points was never published in full.  Each point
names its source; "designed" marks what is ours.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from indicators.errors import CatalogueError
from indicators.grammar import Source, rule
from indicators.records import Catalogue, Indicator, PageRole, Point
from indicators.sources import DOCUMENTS, Document, citations, documents
from indicators.texts import UNITS, fault
from indicators.value_checks import check_bases, check_values
from indicators.value_grammar import score_rule, value_rule
from indicators.weights import WHOLE, check, is_weight, upper

FOLDER: Final = Path(__file__).with_name("catalogue")
SHARED: Final = "_shared.toml"

# The report this catalogue reconstructs counts 186 machine-collected and 71 manually collected points under 31
# level-3 indicators (中国地方政府互联网服务能力发展报告(2019), chapter 1).
MACHINE_POINTS: Final = 186
MANUAL_POINTS: Final = 71
LEVEL3_INDICATORS: Final = 31

FILE_KEYS: Final = frozenset({"indicator", "indicator_id", "name", "parents", "weight", "terms", "point"})
TEXT_KEYS: Final = (
    "code", "name", "level", "measured", "channel", "method", "measure", "unit",
    "evidence", "exclusions", "scoring", "source", "why_manual",
)  # fmt: skip
POINT_KEYS: Final = frozenset({*TEXT_KEYS, "page_role", "entry_ok", "version", "rule", "value", "score"})
OPTIONAL_KEYS: Final = frozenset({"rule", "value", "score"})
CHOICES: Final[Mapping[str, frozenset[str]]] = {
    "level": frozenset({"government", "department", "both"}),
    "channel": frozenset(
        {"website", "service-platform", "probe", "app", "wechat", "weibo", "open-data-portal", "search-engine"}
    ),
    "method": frozenset(
        {"manual", "structural-detect", "crawl-tag", "crawl-count", "interactive-probe", "social-feed", "serp"}
    ),
    "measure": frozenset({"有无", "数据量", "数据集合度", "时效", "比率", "时长"}),
}


@cache
def load() -> Catalogue:
    """The catalogue of this installation, read once.  Raises CatalogueError."""
    return read(FOLDER)


def bodies(folder: Path = FOLDER) -> dict[str, bytes]:
    """The catalogue's files by name: what its version is the hash of."""
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.toml"))}


def read(folder: Path) -> Catalogue:
    """Read a whole catalogue from `folder`, or nothing.  Raises CatalogueError naming file and field."""
    return of_files(bodies(folder), where=f"{folder.name}/")


def of_files(files: Mapping[str, bytes], *, where: str = "the frozen catalogue") -> Catalogue:
    """The catalogue these files are, whichever folder or database they come from.  Raises CatalogueError."""
    tables = {name: _parse(name, body) for name, body in files.items()}
    for name, held in ((SHARED, "term lists and weights"), (DOCUMENTS, "documents that points cite")):
        if name not in tables:
            raise CatalogueError(name, "file", f"missing in {where}; it holds the {held}")
    shared, cited = tables.pop(SHARED), documents(tables.pop(DOCUMENTS))
    _only(SHARED, "file", shared, {"negations", "terms", "weights"})
    above = upper(shared.get("weights", {}), SHARED)
    common = _term_lists(SHARED, shared.get("terms", {}))
    indicators = tuple(_indicator(name, table, common, above) for name, table in tables.items())
    _check_whole(indicators)
    _check_shares(indicators, above)
    digest = hashlib.sha256()
    for name, body in files.items():
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    points = {point.code: point for indicator in indicators for point in indicator.points}
    for indicator in indicators:
        for point in indicator.points:
            check_values(f"{indicator.code}.toml", point)
            _check_texts(f"{indicator.code}.toml", point, cited)
    check_bases(points)
    return Catalogue(
        digest.hexdigest()[:16],
        indicators,
        tuple(shared.get("negations", ())),
        MappingProxyType(points),
        MappingProxyType(cited),
    )


def _parse(name: str, body: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(body.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(name, "file", f"not TOML: {error}") from error


def _indicator(
    file: str, table: Mapping[str, Any], common: Mapping[str, tuple[str, ...]], above: Mapping[str, int]
) -> Indicator:
    _only(file, "file", table, FILE_KEYS)
    missing = FILE_KEYS - set(table) - {"terms"}
    if missing:
        raise CatalogueError(file, "file", f"missing {', '.join(sorted(missing))}")
    terms = {**common, **_term_lists(file, table.get("terms", {}))}
    points = tuple(_point(file, row, terms) for row in table["point"])
    for point in points:
        if not point.code.startswith(f"{table['indicator']}-"):
            raise CatalogueError(file, point.code, f"does not belong under indicator {table['indicator']}")
    level1, level2 = table["parents"]
    weight = table["weight"]
    if not is_weight(weight):
        raise CatalogueError(file, "weight", f"{weight!r} is no whole number from 1 to 100")
    worth = weight * above.get(level2, 0) * above.get(level1, 0) / WHOLE**2
    return Indicator(table["indicator"], table["indicator_id"], table["name"], (level1, level2), weight, worth, points)


def _point(file: str, row: Mapping[str, Any], terms: Mapping[str, tuple[str, ...]]) -> Point:
    where = str(row.get("code", "a point without code"))
    _only(file, where, row, POINT_KEYS)
    missing = POINT_KEYS - OPTIONAL_KEYS - set(row)
    if missing:
        raise CatalogueError(file, where, f"missing {', '.join(sorted(missing))}")
    for key, known in CHOICES.items():
        if row[key] not in known:
            raise CatalogueError(file, where, f"{key} = {row[key]!r} is none of {', '.join(sorted(known))}")
    if row["page_role"] not in set(PageRole):
        raise CatalogueError(file, where, f"page_role = {row['page_role']!r} is none of {', '.join(PageRole)}")
    source = Source(file, where, terms)
    rules = tuple(rule(part, source) for part in row.get("rule", ()))
    point = Point(
        **{key: str(row[key]) for key in TEXT_KEYS},
        page_role=PageRole(row["page_role"]),
        entry_ok=bool(row["entry_ok"]),
        version=int(row["version"]),
        rules=rules,
        value=value_rule(row["value"], source) if "value" in row else None,
        score=score_rule(row["score"], source) if "score" in row else None,
    )
    _check_role(file, point)
    return point


def _check_texts(file: str, point: Point, cited: Mapping[str, Document]) -> None:
    """Unit, clues and citations have their form, and what is cited is a document of the list."""
    if point.unit not in UNITS[point.measure]:
        known = ", ".join(sorted(UNITS[point.measure]))
        raise CatalogueError(file, point.code, f"unit = {point.unit!r}; {point.measure} is counted in {known}")
    for key in ("evidence", "exclusions"):
        found = fault(getattr(point, key), evidence=key == "evidence")
        if found:
            raise CatalogueError(file, point.code, f"{key} {found}")
    try:
        citations(point.source, cited)
    except ValueError as error:
        raise CatalogueError(file, point.code, f"source: {error}") from error


def _check_shares(indicators: tuple[Indicator, ...], above: Mapping[str, int]) -> None:
    check(((*indicator.parents, indicator.weight) for indicator in indicators), above, "catalogue")


def _check_role(file: str, point: Point) -> None:
    """Rules and role must agree: no page speaks for a point of role none, every other one has a rule."""
    if point.page_role is PageRole.NONE and point.rules:
        raise CatalogueError(file, point.code, "page_role is none, yet it has rules for pages")
    if point.page_role is not PageRole.NONE and not point.rules:
        raise CatalogueError(file, point.code, f"page_role is {point.page_role}, yet no rule can find a page")
    if not point.entry_ok and any(part.strength.value == "chrome" for part in point.rules):
        raise CatalogueError(file, point.code, "entry_ok is false, yet a rule takes an entry as evidence")


def _term_lists(file: str, table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    for name, terms in table.items():
        if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms) or not terms:
            raise CatalogueError(file, f"terms.{name}", "must be a list of texts")
    return {name: tuple(terms) for name, terms in table.items()}


def _only(file: str, where: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
    unknown = set(table) - set(known)
    if unknown:
        raise CatalogueError(file, where, f"unknown field {', '.join(sorted(unknown))}")


def _check_whole(indicators: tuple[Indicator, ...]) -> None:
    seen: set[str] = set()
    for code in (point.code for indicator in indicators for point in indicator.points):
        if code in seen:
            raise CatalogueError("catalogue", code, "stands there twice")
        seen.add(code)
    points = [point for indicator in indicators for point in indicator.points]
    machine = sum(point.by_machine for point in points)
    counts = (len(indicators), machine, len(points) - machine)
    if counts != (LEVEL3_INDICATORS, MACHINE_POINTS, MANUAL_POINTS):
        wanted = f"{LEVEL3_INDICATORS} indicators, {MACHINE_POINTS} machine and {MANUAL_POINTS} manual points"
        raise CatalogueError("catalogue", "totals", f"{counts[0]}, {counts[1]} and {counts[2]} instead of {wanted}")
