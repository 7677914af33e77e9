"""The JSON schema of a level-3 file of the catalogue, made from what the loader takes: for editors and for other programs.

    caifeng points schema > docs/points.schema.json

It says less than the loader checks: sums, references and reachability need the whole catalogue.
"""

from dataclasses import fields
from typing import Any, Final

from indicators.catalogue import CHOICES, FILE_KEYS, OPTIONAL_KEYS, POINT_KEYS, TEXT_KEYS
from indicators.grammar import FLAGS, LISTS, NUMBERS
from indicators.records import PageRole, Place, Zone
from indicators.texts import UNITS
from indicators.value_rules import ScoreKind, ScoreRule, ValueKind, ValueRule

_TEXT: Final = {"type": "string"}
_FILLED: Final = {"type": "string", "minLength": 1}
_COUNT: Final = {"type": "integer", "minimum": 0}
_TERMS: Final = {"type": "array", "items": _FILLED, "minItems": 1}
_OPTIONAL_TEXTS: Final = frozenset({"why_manual"})


def schema() -> dict[str, Any]:
    """The schema, as JSON Schema draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One level-3 indicator and its collection points",
        **_object(
            {
                "indicator": {"type": "string", "pattern": r"^[1-3]\.[1-3]\.[1-9]$"},
                "indicator_id": {"type": "string", "pattern": r"^[SRW][1-3]-[1-9]$"},
                "name": _FILLED,
                "parents": {"type": "array", "items": _FILLED, "minItems": 2, "maxItems": 2},
                "weight": {"type": "integer", "minimum": 1, "maximum": 100},
                "terms": {"type": "object", "additionalProperties": _TERMS},
                "point": {"type": "array", "items": _point(), "minItems": 1},
            },
            FILE_KEYS - {"terms"},
        ),
    }


def _point() -> dict[str, Any]:
    texts: dict[str, Any] = {key: _TEXT if key in _OPTIONAL_TEXTS else _FILLED for key in TEXT_KEYS}
    known: dict[str, Any] = {key: _one_of(values) for key, values in CHOICES.items()}
    return _object(
        {
            **texts,
            **known,
            "code": {"type": "string", "pattern": r"^[1-3]\.[1-3]\.[1-9]-[MH][0-9]{2}$"},
            "unit": _one_of({unit for units in UNITS.values() for unit in units}),
            "page_role": _one_of(set(PageRole)),
            "entry_ok": {"type": "boolean"},
            "version": {"type": "integer", "minimum": 1},
            "rule": {"type": "array", "items": _rule()},
            "value": _kinded(set(ValueKind), ValueRule),
            "score": _kinded(set(ScoreKind), ScoreRule),
        },
        POINT_KEYS - OPTIONAL_KEYS,
    )


def _rule() -> dict[str, Any]:
    clauses = {"type": "array", "items": {"anyOf": [_words(), _pattern(), _shape()]}}
    return _object(
        {
            "strength": _one_of({"content", "chrome"}),
            "confidence": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            "need": {**clauses, "minItems": 1},
            "refuse": clauses,
        },
        {"strength", "confidence", "need"},
    )


def _words() -> dict[str, Any]:
    return _object(
        {
            "in": _zones(),
            "any": _TERMS,
            "all": _TERMS,
            "distinct": {"type": "integer", "minimum": 1},
            "at": _one_of(set(Place)),
            "unless": _TERMS,
            "near": _TERMS,
            "within": _COUNT,
        },
        {"in"},
    )


def _pattern() -> dict[str, Any]:
    return _object({"in": _zones(), "pattern": _FILLED}, {"in", "pattern"})


def _shape() -> dict[str, Any]:
    lists = {key: {"type": "array", "items": _one_of(values), "minItems": 1} for key, values in LISTS.items()}
    numbers = dict.fromkeys(sorted(NUMBERS), _COUNT)
    flags = {key: {"type": "boolean"} for key in sorted(FLAGS)}
    return {**_object({**lists, **numbers, **flags}, set()), "minProperties": 1}


def _kinded(kinds: set[Any], record: type) -> dict[str, Any]:
    """A table with a `kind`; which other fields a kind takes is for the loader."""
    others: dict[str, Any] = {field.name: {} for field in fields(record) if field.name != "kind"}
    return _object({"kind": _one_of(kinds), **others}, {"kind"})


def _zones() -> dict[str, Any]:
    return {"type": "array", "items": _one_of(set(Zone)), "minItems": 1}


def _one_of(values: Any) -> dict[str, Any]:
    return {"enum": sorted(map(str, values))}


def _object(properties: dict[str, Any], required: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(required),
        "additionalProperties": False,
    }
