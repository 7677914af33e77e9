"""Campaigns: rounds that serve one report, and what was frozen for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from pipelines.store.connect import Document, Store, reaching
from pipelines.store.errors import NameTaken, UnknownRound
from pipelines.store.records import SCHEMA_VERSION
from pipelines.store.rounds import Entry

CAMPAIGNS: Final = "campaigns"


@dataclass(frozen=True, slots=True)
class Campaign:
    """`units` as the plans freeze them, by code; `rules` by point; rounds in the order they were added."""

    name: str
    created_at: datetime
    catalogue: str
    units: Mapping[str, Any]
    depth: int
    since: datetime | None  # rounds begun before are none of it
    until: datetime | None
    rules: Mapping[str, str]
    tolerance: float
    rounds: tuple[str, ...]
    journal: tuple[Entry, ...]
    closed_at: datetime | None = None  # its values stand: no round is added or judged again for it

    def open(self, now: datetime) -> bool:
        """Whether its values may still change."""
        return self.closed_at is None or self.closed_at > now


class CampaignBook:
    """All campaigns.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, *, url: str = "") -> None:
        self._campaigns = database[CAMPAIGNS]
        self._url = url or "the configured address"

    def create(self, campaign: Campaign) -> None:
        """Store a new one.  Raises NameTaken."""
        fields = {name: getattr(campaign, name) for name in Campaign.__dataclass_fields__ if name != "name"}
        document = {
            **fields,
            "_id": campaign.name,
            "schema_version": SCHEMA_VERSION,
            "units": list(campaign.units.values()),  # codes of sites hold dots, as those of points do
            "rules": [{"code": code, "rule": rule} for code, rule in campaign.rules.items()],
            "rounds": list(campaign.rounds),
            "journal": [_entry(one) for one in campaign.journal],
        }
        with reaching(self._url):
            try:
                self._campaigns.insert_one(document)
            except DuplicateKeyError:
                raise NameTaken(f"a campaign named {campaign.name} exists already: choose another name") from None

    def get(self, name: str) -> Campaign:
        """Raises UnknownRound."""
        with reaching(self._url):
            found = self._campaigns.find_one({"_id": name})
        if found is None:
            raise UnknownRound(f"no campaign is named {name}: `caifeng campaign list` shows those there are")
        return _campaign(found)

    def all(self) -> tuple[Campaign, ...]:
        """Every campaign, oldest first."""
        with reaching(self._url), self._campaigns.find().sort([("created_at", 1), ("_id", 1)]) as cursor:
            return tuple(map(_campaign, cursor))

    def add(self, name: str, round_name: str, entry: Entry) -> None:
        """Add a round, once."""
        change = {"$addToSet": {"rounds": round_name}, "$push": {"journal": _entry(entry)}}
        with reaching(self._url):
            self._campaigns.update_one({"_id": name, "rounds": {"$ne": round_name}}, change)

    def close(self, name: str, entry: Entry) -> None:
        """Its values stand; the first time counts."""
        change = {"$set": {"closed_at": entry.at}, "$push": {"journal": _entry(entry)}}
        with reaching(self._url):
            self._campaigns.update_one({"_id": name, "closed_at": None}, change)


def _entry(entry: Entry) -> Document:
    return {"at": entry.at, "who": entry.who, "what": entry.what}


def _campaign(document: Document) -> Campaign:
    fields = {name: document[name] for name in Campaign.__dataclass_fields__ if name in document}
    return Campaign(
        name=document["_id"],
        **fields
        | {
            "units": {one["code"]: one for one in document["units"]},
            "rules": {one["code"]: one["rule"] for one in document["rules"]},
            "rounds": tuple(document["rounds"]),
            "journal": tuple(Entry(one["at"], one["who"], one["what"]) for one in document["journal"]),
        },
    )
