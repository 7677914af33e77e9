"""Values checked before anybody relies on them: what is strange goes to a queue of people, nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cleaning.reasons import Verdict
from indicators.catalogue import load
from indicators.flags import Checked, flags
from indicators.value_rules import ValueKind
from indicators.values import State
from pipelines.store.connect import Document, Store
from pipelines.store.flags import FlagBook
from pipelines.store.reader import RoundReader
from pipelines.store.units import UnitBook

_REJECTED: Final = frozenset({str(Verdict.IRRELEVANT), str(Verdict.AD)})


def check(database: Store, round_name: str, *, before: str = "", now: datetime, url: str = "") -> dict[str, int]:
    """Check all values of a round, against those of the round `before` where one is named; returns counts of flags.

    Raises StoreAway.
    """
    values = list(checked_values(RoundReader(database, round_name, url=url)))
    earlier = checked_values(RoundReader(database, before, url=url)) if before else ()
    kinds = {row["code"]: row.get("kind", "") for row in UnitBook(database, url=url).all()}
    found = flags(values, kinds=kinds, before=earlier, before_name=before)
    return {"values": len(values), **FlagBook(database, round_name, url=url).put(found, at=now)}


def checked_values(reader: RoundReader) -> Iterator[Checked]:
    """A round's stored values as they are checked."""
    values = list(reader.values.find())
    rejected = _rejected_pages(reader, values)
    points = load().points
    for value in values:
        point = points.get(value["code"])
        if point is None or point.value is None:
            continue
        yield checked(value, point.value.kind, rejected=bool(value["best"]) and rejected.issuperset(value["best"]))


def checked(value: Document, kind: ValueKind, *, rejected: bool = False) -> Checked:
    """A stored value as it is checked."""
    more = value["more"]
    return Checked(
        unit=value["unit"],
        code=value["code"],
        kind=kind,
        state=State(value["state"]),
        value=value["value"],
        counted=more.get("counted", 0.0),
        stated=more.get("stated", 0.0),
        rejected=rejected,
    )


def _rejected_pages(reader: RoundReader, values: list[Document]) -> set[str]:
    """Pages the classifier judged irrelevant or an advertisement, of those that show a value."""
    keys = sorted({key for value in values for key in value["best"]})
    found: set[str] = set()
    for start in range(0, len(keys), _AT_ONCE):
        pages = reader.records(keys[start : start + _AT_ONCE], ("verdict",))
        found |= {key for key, page in pages.items() if page.get("verdict") in _REJECTED}
    return found


_AT_ONCE: Final = 1_000
