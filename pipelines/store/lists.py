"""What asking for the pages of a list needs beyond their URLs: collection `lists`, one document per form or question."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from pipelines.store.connect import Document
from pipelines.store.records import SCHEMA_VERSION

LISTS: Final = "lists"


def list_id(round_name: str, name: str) -> str:
    """The `_id`: of bounded length, because a question may be as long as a URL; one round is one range of ids."""
    return f"{round_name} {hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}"


def list_document(round_name: str, name: str, fields: Mapping[str, str]) -> Document:
    """As it is stored; names of fields hold dots and dollars, so they are no keys."""
    return {
        "_id": list_id(round_name, name),
        "schema_version": SCHEMA_VERSION,
        "round": round_name,
        "name": name,
        "fields": [[key, value] for key, value in fields.items()],
    }


def list_fields(document: Document) -> dict[str, str]:
    """The fields as they were kept."""
    return dict(document["fields"])
