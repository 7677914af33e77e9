"""`caifeng export` as people run it: what it says beside the rows."""

from __future__ import annotations

import pytest

from crawler.exits import Exit
from rounds.services import Services
from tests.pipelines.making import failure
from tests.rounds.keeping import keep


@pytest.fixture
def here(services_here, tmp_path) -> Services:
    """The services the command uses."""
    return Services(
        services_here["CAIFENG_REDIS_URL"], services_here["CAIFENG_MONGO_URL"], tmp_path.as_uri(), tmp_path, ""
    )


@pytest.mark.parametrize(
    ("what", "advice"),
    [("pages", "caifeng status N"), ("failures", "不算失败"), ("values", "caifeng values work N")],
)
def test_an_export_without_a_row_says_so(caifeng, here, what, advice) -> None:
    """One line on stderr: of what there is none, and what to do; nothing went wrong, so the code is OK."""
    keep(here, "N")
    for shape in ("jsonl", "csv"):
        ran = caifeng("export", "N", "--what", what, "--format", shape)
        assert (ran.code, len(ran.err.splitlines())) == (Exit.OK, 1)
        assert "轮次 N 没有" in ran.err
        assert advice in ran.err


def test_the_columns_of_a_csv_may_be_chinese(caifeng, here) -> None:
    """For whoever opens it in a spreadsheet; programs' formats keep their names, and say so."""
    keep(here, "N", failure("/c", 1))
    plain = caifeng("export", "N", "--what", "failures", "--format", "csv").out.splitlines()
    told = caifeng("export", "N", "--what", "failures", "--format", "csv", "--chinese").out.splitlines()
    assert plain[0].lstrip("\ufeff").startswith("url,key,host")
    assert told[0].lstrip("\ufeff").startswith("网址,规范网址,主机")
    assert told[1:] == plain[1:]
    refused = caifeng("export", "N", "--what", "failures", "--chinese")
    assert (refused.code, "--format csv" in refused.err) == (Exit.USAGE, True)
