"""A round's values held against the rehearsal web's own truth about them.  Pure.

The truth's lines are read as the documents its process prints (docs/rehearsal.md); nothing of it is imported.  What is
drawn for a sample is compared by the truth of the pages drawn: the draw is ours, what each page shows is the web's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

CLOSE: Final = 1e-6  # shares are counted, not estimated


@dataclass(frozen=True, slots=True)
class Miss:
    """One pair whose value is not the true one."""

    unit: str
    point: str
    true: str
    found: str


@dataclass(frozen=True, slots=True)
class ValueComparison:
    """All pairs the truth is sure about."""

    pairs: int
    misses: tuple[Miss, ...]

    @property
    def equal(self) -> float:
        """Share of the pairs whose value is the true one; 1 when there are none."""
        return 1 - len(self.misses) / self.pairs if self.pairs else 1.0


def compare_values(
    truth: Iterable[Mapping[str, Any]],
    values: Iterable[Mapping[str, Any]],
    samples: Iterable[Mapping[str, Any]],
    aliases: Mapping[str, str],
) -> ValueComparison:
    """Hold values and samples against the truth; `aliases` maps every spelling of a page to the truth's own."""
    found = {(value["unit"], value["code"]): value for value in values}
    drawn: dict[tuple[str, str], list[str]] = {}
    for sample in samples:
        drawn.setdefault((sample["unit"], sample["code"]), []).append(aliases.get(sample["key"], sample["key"]))
    misses = []
    pairs = 0
    for line in truth:
        pair = line["unit"], line["point"]
        value = found.get(pair)
        pairs += 1
        wanted, given = _wanted(line, drawn.get(pair, ())), _given(value)
        if value is None or not _same(line, wanted, value):
            misses.append(Miss(*pair, wanted if isinstance(wanted, str) else f"{wanted:g}", given))
    return ValueComparison(pairs, tuple(misses))


def _wanted(line: Mapping[str, Any], drawn: Sequence[str]) -> float | str:
    if line["compare"] == "value":
        return float(line["value"])
    if line["compare"] == "state":
        return str(line["state"])
    strange = [key for key in drawn if key not in line["pages"]]
    if strange:
        return f"no sample of {strange[0]}"
    noted = [line["pages"][key] for key in drawn] or list(line["pages"].values())
    if line["pairs"]:
        return float(sum(legal - min(legal, promised) for legal, promised in noted) / sum(legal for legal, _ in noted))
    return float(sum(each[0] for each in noted) / len(noted))


def _given(value: Mapping[str, Any] | None) -> str:
    if value is None:
        return "no value"
    shown = value["state"] if value["value"] is None or value["state"] != "measured" else f"{value['value']:g}"
    return f"{shown} ({value['why']})" if value["why"] else str(shown)


def _same(line: Mapping[str, Any], wanted: float | str, value: Mapping[str, Any]) -> bool:
    if line["compare"] == "state":
        states = {line["state"], line.get("or_else") or line["state"]}
        if line["state"] == "absent" and value["state"] == "measured" and value["value"] == 0:
            return True  # a share of none
        return value["state"] in states and (not line.get("why") or value["why"] == line["why"])
    if isinstance(wanted, str):
        return False
    if value["state"] == "absent":
        return wanted == 0
    return value["state"] == "measured" and value["value"] is not None and abs(value["value"] - wanted) <= CLOSE
