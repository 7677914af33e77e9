"""The pages made from the catalogue are what it says now; the schema describes every file; changes are told."""

import csv
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from indicators import catalogue
from indicators.book import book
from indicators.schema import schema
from indicators.sources import citations

ROOT = Path(__file__).resolve().parents[2]
DRAFT = ROOT / "../shared/indicators/points-draft.csv"
FIELDS = {
    "name": "name", "measured": "what_is_measured", "channel": "channel", "method": "method", "measure": "measure",
    "unit": "unit", "evidence": "evidence", "exclusions": "exclusion", "scoring": "scoring_hint",
}  # fmt: skip


def test_the_page_of_points_is_up_to_date() -> None:
    """`caifeng points page > docs/points.md` was run after the last change of wording."""
    assert (ROOT / "docs/points.md").read_text() == book(catalogue.load())


def test_the_page_names_every_point_and_every_citation() -> None:
    """All 257 points have a heading, and their sources stand under it."""
    loaded, page = catalogue.load(), (ROOT / "docs/points.md").read_text()
    for point in loaded.points.values():
        assert f"\n#### {point.code} {point.name}\n" in page
    assert page.count("\n- 依据:") == 257


def test_the_schema_is_up_to_date() -> None:
    """`caifeng points schema > docs/points.schema.json` was run after the last change of the grammar."""
    assert json.loads((ROOT / "docs/points.schema.json").read_text()) == schema()


def faults(rule: dict[str, Any], value: Any, where: str = "") -> list[str]:
    """What `value` breaks of the part of JSON Schema that ours uses."""
    if "anyOf" in rule:
        return [] if any(not faults(one, value) for one in rule["anyOf"]) else [f"{where}: none of anyOf"]
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
    found = []
    if "type" in rule and not isinstance(value, kinds[rule["type"]]):
        return [f"{where}: not {rule['type']}"]
    if "enum" in rule and value not in rule["enum"]:
        found.append(f"{where}: {value!r} not in enum")
    if isinstance(value, dict):
        found += faults_of_object(rule, value, where)
    if isinstance(value, list):
        found += [fault for n, one in enumerate(value) for fault in faults(rule.get("items", {}), one, f"{where}[{n}]")]
        if len(value) < rule.get("minItems", 0):
            found.append(f"{where}: too short")
    return found


def faults_of_object(rule: dict[str, Any], value: dict[str, Any], where: str) -> list[str]:
    """The same for the fields of an object."""
    known, more = rule.get("properties", {}), rule.get("additionalProperties", True)
    found = [f"{where}: lacks {key}" for key in rule.get("required", ()) if key not in value]
    for key, inner in value.items():
        if key in known:
            found += faults(known[key], inner, f"{where}.{key}")
        elif more is False:
            found.append(f"{where}: unknown {key}")
        elif isinstance(more, dict):
            found += faults(more, inner, f"{where}.{key}")
    return found


@pytest.mark.parametrize("file", sorted(catalogue.FOLDER.glob("[0-9]*.toml")), ids=lambda file: file.stem)
def test_every_file_fits_the_schema(file: Path) -> None:
    """What the loader takes, the schema takes."""
    assert faults(schema(), tomllib.loads(file.read_text())) == []


@pytest.mark.parametrize(
    "spoiled",
    [
        {"pointt": []},
        {"weight": "25"},
        {"point": [{"code": "1.1.1-M01"}]},
        {"point": [{"unit": "斤"}]},
        {"point": [{"rule": [{"strength": "content", "confidence": 0.9, "need": [{"in": ["titel"], "any": ["a"]}]}]}]},
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(spoiled: dict[str, Any]) -> None:
    """A wrong field, type, unit or zone is told by the schema alone."""
    table = tomllib.loads((catalogue.FOLDER / "1.1.1.toml").read_text())
    for key, value in spoiled.items():
        table[key] = (
            [{**table["point"][0], **value[0]}]
            if key == "point" and len(value[0]) == 1 and "code" not in value[0]
            else value
        )
    assert faults(schema(), table)


def test_every_change_of_wording_is_told() -> None:
    """A point whose wording is not the draft's stands in docs/points-changes.md; citations lose no document."""
    if not DRAFT.is_file():
        pytest.skip("../shared/indicators is not on this machine: wording not compared")
    told, loaded = (ROOT / "docs/points-changes.md").read_text(), catalogue.load()
    with DRAFT.open() as file:
        for row in csv.DictReader(file):
            point = loaded.points[row["code"]]
            changed = [ours for ours, theirs in FIELDS.items() if getattr(point, ours) != row[theirs]]
            assert not changed or point.code in told, f"{point.code}: {changed}"
            assert not changed or point.version > 1, f"{point.code} was changed and has still version 1"
            numbers = {one.document.number for one in citations(point.source, loaded.documents)}
            for number in loaded.documents:
                if "〕" in number and number in row["source"]:
                    assert number in numbers, f"{point.code} no longer cites {number}"
