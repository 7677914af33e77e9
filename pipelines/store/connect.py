"""Opening MongoDB: clients with time limits, acknowledged journaled majority writes, and errors without passwords."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from pymongo import AsyncMongoClient, MongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.database import Database
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    ExecutionTimeout,
    InvalidName,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
)

from crawler.masking import masked
from pipelines.patience import Patience
from pipelines.store.errors import BadStoreUrl, StoreAway

Document: TypeAlias = dict[str, Any]
Store: TypeAlias = Database[Document]  # what commands are handed
AsyncStore: TypeAlias = AsyncDatabase[Document]  # what workers are handed
DATABASE: Final = "caifeng"  # used where the URL's path names none

# Selecting a server may take an election (about ten seconds on a real set); a worker waits and retries beyond it.
_OPTIONS: Final[dict[str, Any]] = {
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 60_000,
    "tz_aware": True,
    "w": "majority",
    "journal": True,
    "wTimeoutMS": 30_000,
    "retryWrites": True,
    "appname": "caifeng",
}

# Server answers that mean "not now": shutting down, stepping down, no majority in time, disk full.
_AWAY_CODES: Final = frozenset({50, 64, 91, 100, 189, 10107, 11600, 11602, 13435, 13436, 14031})


def connect(url: str) -> Store:
    """A synchronous handle; `database.client.close()` gives it back.  Raises BadStoreUrl; does not touch the network."""
    with _readable(url):
        client: MongoClient[Document] = MongoClient(url, **_OPTIONS)
        return client.get_default_database(DATABASE)


def connect_async(url: str) -> AsyncStore:
    """The same for a worker's event loop; `await database.client.close()` gives it back."""
    with _readable(url):
        client: AsyncMongoClient[Document] = AsyncMongoClient(url, **_OPTIONS)
        return client.get_default_database(DATABASE)


def ping(database: Store, url: str) -> None:
    """Raise StoreAway, naming the URL without its password, unless MongoDB answers."""
    with reaching(url):
        database.command("ping")


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Turn "MongoDB is away" into StoreAway; everything else passes."""
    try:
        yield
    except PyMongoError as error:
        if not is_away(error):
            raise
        shown = masked(url)
        raise StoreAway(
            f"MongoDB at {shown} cannot be used now ({_first_line(error)}): start it, or correct CAIFENG_MONGO_URL"
        ) from error


def patience_with(url: str, logger: logging.Logger) -> Patience:
    """Waits while the MongoDB at `url` is away."""
    return Patience(f"MongoDB at {masked(url)}", logger, is_away)


def is_away(error: Exception) -> bool:
    """True where waiting and trying the same call again is the right answer; errors of others are none of MongoDB's."""
    if not isinstance(error, PyMongoError):
        return False
    if isinstance(error, BulkWriteError):
        details = error.details
        codes = {each.get("code") for each in details.get("writeErrors", ())}
        return bool(details.get("writeConcernErrors")) or bool(codes & _AWAY_CODES)
    if isinstance(error, AutoReconnect | ConnectionFailure | ExecutionTimeout | WaitQueueTimeoutError):
        return True
    if isinstance(error, OperationFailure) and error.code in _AWAY_CODES:
        return True
    return error.has_error_label("RetryableWriteError")


@contextmanager
def _readable(url: str) -> Iterator[None]:
    try:
        yield
    except (InvalidURI, InvalidName, ConfigurationError, ValueError) as error:
        raise BadStoreUrl(
            f"{masked(url)} is not a MongoDB URL ({_first_line(error)}): "
            "expected mongodb://[user:password@]host[:port]/[database]"
        ) from error


def _first_line(error: Exception) -> str:
    text = str(error).partition("\n")[0]
    return text.partition(", Timeout:")[0][:200]
