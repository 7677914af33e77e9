"""The chain of each value: to pages of its unit that are tagged for it, to samples that add up, to a catalogue that is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Final

from cleaning.reasons import Verdict
from crawler.frontier.contract import End
from indicators.catalogue import load, of_files
from indicators.errors import CatalogueError
from indicators.records import Catalogue
from indicators.values import State
from pipelines.store.connect import Document, Store
from pipelines.store.reader import RoundReader
from pipelines.store.values import frozen
from rounds.audit import Difference, Kind

_CHUNK: Final = 1_000  # values looked at together
_PAGE: Final = ("key", "end", "units", "verdict", "tags.code")


def value_differences(database: Store, reader: RoundReader, *, url: str = "") -> Iterator[Difference]:
    """What is wrong with the round's values; nothing where it has none.  Raises StoreAway."""
    catalogues: dict[str, Catalogue | None] = {}
    values = reader.values.find()
    while chunk := list(islice(values, _CHUNK)):
        pages = reader.records(sorted({key for value in chunk for key in value["best"]}), _PAGE)
        for value in chunk:
            version = value["catalogue"]
            if version not in catalogues:
                catalogues[version] = _kept(database, version, url)
                if catalogues[version] is None:
                    yield Difference(Kind.CATALOGUE, version, "its files kept in `catalogue`", "missing, or others")
            yield from _of_value(value, pages, catalogues[version] or load())
    yield from _of_samples(reader)


def _kept(database: Store, version: str, url: str) -> Catalogue | None:
    files = frozen(database, version, url=url)
    try:
        found = None if files is None else of_files(files)
    except CatalogueError:
        return None
    return found if found is not None and found.version == version else None


def _of_value(value: Document, pages: Mapping[str, Document], catalogue: Catalogue) -> Iterator[Difference]:
    point = catalogue.points.get(value["code"])
    name = f"{value['unit']} {value['code']}"
    if point is None or point.value is None:
        yield Difference(Kind.VALUE, name, "a machine point of the catalogue", value["code"])
        return
    codes = {point.code, *point.value.of}
    for key in value["best"]:
        problem = _problem(pages.get(key), value["unit"], codes)
        if problem:
            yield Difference(Kind.VALUE, name, f"a page that shows {' or '.join(sorted(codes))}: {key}", problem)
    scored = value["state"] in {State.MEASURED, State.ABSENT}
    if scored is (value["score"] is None):
        yield Difference(Kind.VALUE, name, "a score just where there is a value", f"{value['state']}: {value['score']}")


def _problem(page: Document | None, unit: str, codes: Collection[str]) -> str:
    if page is None or page["end"] != End.STORED:
        return "no stored page"
    if page["verdict"] == Verdict.HARMFUL:
        return "a harmful page"
    if unit not in page["units"]:
        return "a page of other units"
    return "" if any(tag["code"] in codes for tag in page["tags"]) else "a page without such a tag"


def _of_samples(reader: RoundReader) -> Iterator[Difference]:
    """Each value has the observations it names, and their weights make up what they were drawn from."""
    drawn: dict[tuple[str, str], list[float]] = {}
    for sample in reader.values.samples():
        drawn.setdefault((sample["unit"], sample["code"]), []).append(sample["weight"])
    for value in reader.values.find():
        weights = drawn.pop((value["unit"], value["code"]), [])
        if len(weights) != value["sampled"] or abs(sum(weights) - value["population"]) > 1e-6 * (
            1 + value["population"]
        ):
            expected = f"{value['sampled']} observations for {value['population']}"
            yield Difference(
                Kind.SAMPLE, f"{value['unit']} {value['code']}", expected, f"{len(weights)} for {sum(weights):g}"
            )
    for unit, code in drawn:
        yield Difference(Kind.SAMPLE, f"{unit} {code}", "a value they were drawn for", "none")
