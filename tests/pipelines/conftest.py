"""MongoDB for this room: a database of the test's own on the run's replica set."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from pymongo.database import Database

from pipelines.store import indexes
from pipelines.store.connect import Document, connect


@pytest.fixture
def store_url(mongo_url: str, mongo_database: str) -> str:
    """The URL of an empty database, as a worker is given it."""
    return urlunsplit(urlsplit(mongo_url)._replace(path=f"/{mongo_database}"))


@pytest.fixture
def database(store_url: str) -> Iterator[Database[Document]]:
    """The same database, opened, with its indexes."""
    opened = connect(store_url)
    indexes.ensure(opened)
    yield opened
    opened.client.close()
