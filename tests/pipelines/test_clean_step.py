"""The judging step: who computes the fingerprints of pages."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from cleaning import fingerprints
from crawler.errors import SettingsError
from pipelines.clean import CleanStep
from tests.pipelines.making import CheckingFrontier, Worker, crawler_of, fetched, reading

TEXT = "市人民政府关于印发政务服务事项目录的通知，请各单位认真贯彻执行，并将落实情况报送市政务服务管理局。"


def step_with(choice: str) -> CleanStep:
    return CleanStep.from_crawler(crawler_of(Worker(CheckingFrontier()), CAIFENG_SIMHASH=choice))


async def test_the_package_computes_what_was_read():
    """The reference gives the value that ours gives, whatever stood there; a page without one stays without."""
    item = replace(fetched("/a"), reading=reading("/a", TEXT, simhash=1))
    told = await step_with("package").apply(item)
    assert told.reading.simhash == fingerprints.simhash(TEXT) != 0
    assert (await step_with("own").apply(item)).reading.simhash == 1
    short = replace(item, reading=replace(item.reading, simhash=0))
    assert (await step_with("package").apply(short)).reading.simhash == 0


def test_a_choice_that_cannot_be_is_refused(monkeypatch):
    """A name nobody knows, and a package that is not there, end the worker before it crawls."""
    with pytest.raises(SettingsError, match="give own or package"):
        step_with("md5")
    monkeypatch.setitem(sys.modules, "simhash", None)
    monkeypatch.delitem(sys.modules, "cleaning.reference", raising=False)
    with pytest.raises(SettingsError, match="not installed"):
        step_with("package")
