"""What tests of rounds stand on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis as redis_client

from rounds.services import Services


@pytest.fixture
def here(redis_url: str, mongo_url: str, mongo_database: str, tmp_path: Path) -> Iterator[Services]:
    """Services of the test's own database."""
    url = mongo_url.replace("/?", f"/{mongo_database}?", 1)
    yield Services(redis_url, url, (tmp_path / "archive").as_uri(), tmp_path, "")
    with redis_client.Redis.from_url(redis_url) as client:
        client.flushall()
