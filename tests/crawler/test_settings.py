"""The settings are a table read in one place; every name in it leads somewhere."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

ROOT = Path(__file__).parents[2]
VARIABLES = ("CAIFENG_REDIS_URL", "CAIFENG_MONGO_URL", "CAIFENG_ARCHIVE_URL", "CAIFENG_BROWSER", "CAIFENG_HOME")


def loaded(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    """The settings as a worker with this environment reads them."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    module = importlib.reload(importlib.import_module("crawler.settings"))
    settings = Settings()
    settings.setmodule(module)
    return settings


def dotted(settings: Settings) -> list[str]:
    """Every dotted path our settings name, in values and in tables."""
    paths: list[str] = []
    for name in dir(importlib.import_module("crawler.settings")):
        if not name.isupper():
            continue
        value = settings[name]
        entries = list(value.items()) if hasattr(value, "items") else [(name, value)]
        for left, right in entries:
            paths += [word for word in (left, right) if isinstance(word, str) and _is_path(word)]
    return paths


def _is_path(word: str) -> bool:
    return word.split(".", maxsplit=1)[0] in {"crawler", "pipelines", "scrapy", "twisted"} and word.count(".") >= 2


def test_every_dotted_path_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A renamed step or handler is found here, not by the first worker of a round."""
    paths = dotted(loaded(monkeypatch))
    assert len(paths) >= 10
    for path in paths:
        assert callable(load_object(path)), path


def test_the_steps_stand_in_the_contracts_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Archive, clean, tag, dedupe, store: the bytes are safe before anything is judged, the ack comes last."""
    steps = loaded(monkeypatch)["ITEM_PIPELINES"]
    names = [str(step).rsplit(".", 1)[1] for step in sorted(steps, key=lambda step: steps[step])]
    assert names == ["ArchiveStep", "CleanStep", "TagStep", "DedupeStep", "StoreStep"]


def test_nothing_of_scrapy_moves_requests_on_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """One lease is one request: no middleware redirects, retries, delays or drops."""
    settings = loaded(monkeypatch)
    assert dict(settings.getwithbase("DOWNLOADER_MIDDLEWARES")) == {}
    assert dict(settings.getwithbase("SPIDER_MIDDLEWARES")) == {}
    assert settings.getfloat("DOWNLOAD_DELAY") == 0
    for name in ("ROBOTSTXT_OBEY", "COOKIES_ENABLED", "RETRY_ENABLED", "REDIRECT_ENABLED"):
        assert not settings.getbool(name)
    assert set(settings.getwithbase("DOWNLOAD_HANDLERS")) == {"http", "https"}


def test_services_come_from_the_file_then_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`services.json` is read where CAIFENG_HOME points; a variable overrides its own value alone."""
    found = {"redis_url": "redis://r", "mongo_url": "mongodb://m", "archive_url": "file:///a", "browser": "/b"}
    (tmp_path / "services.json").write_bytes(orjson.dumps(found))
    settings = loaded(monkeypatch, CAIFENG_HOME=str(tmp_path), CAIFENG_REDIS_URL="redis://other")
    names = ("CAIFENG_REDIS_URL", "CAIFENG_MONGO_URL", "CAIFENG_ARCHIVE_URL", "CAIFENG_BROWSER")
    assert [settings[name] for name in names] == ["redis://other", "mongodb://m", "file:///a", "/b"]


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"\xff\xfe", b'"text"'])
def test_a_missing_or_torn_file_names_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    """Then the spider says what is missing; the settings themselves never raise."""
    if content is not None:
        (tmp_path / "services.json").write_bytes(content)
    assert loaded(monkeypatch, CAIFENG_HOME=str(tmp_path))["CAIFENG_REDIS_URL"] == ""


def test_the_environment_is_read_in_the_settings_alone() -> None:
    """Nothing else of the room looks at os.environ."""
    readers = {
        path.name
        for path in (ROOT / "crawler").rglob("*.py")
        if re.search(r"\benviron\b|getenv", path.read_text("utf-8"))
    }
    assert readers == {"settings.py"}


def test_scrapy_finds_the_spider(tmp_path: Path) -> None:
    """`scrapy list` in the checkout names it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAIFENG_")}
    answer = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=ROOT,
        env=environment | {"CAIFENG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == ["portal"]
