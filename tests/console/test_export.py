"""`caifeng export` as people run it: what it says beside the rows."""

from __future__ import annotations

import csv
import io
import json

import pytest

from cleaning.page import Judgement
from cleaning.reasons import Reason, ReasonCode, Verdict
from crawler.exits import Exit
from rounds.services import Services
from tests.pipelines.making import failure, page
from tests.rounds.keeping import keep
from tests.rounds.test_campaigns import ABSENT, CODES, measured, worked


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


def test_the_cells_of_a_chinese_csv_are_words(caifeng, here) -> None:
    """No code of a closed set, and none of our English sentences, in pages, evidence and values; numbers stay."""
    said = Reason(ReasonCode.NOT_SERVICE, "bias: every page starts here", "text", -1.5)
    keep(here, "N", page("/a", 1, judgement=Judgement(Verdict.KEPT, (said,))))
    worked(here, "N", {CODES[0]: measured(3), CODES[1]: ABSENT})

    def rows(what: str) -> list[dict[str, str]]:
        ran = caifeng("export", "N", "--what", what, "--format", "csv", "--chinese")
        return list(csv.DictReader(io.StringIO(ran.out.lstrip("\ufeff"))))

    (told,) = rows("pages")
    assert (told["判定"], told["媒体"], told["方式"]) == ("保留", "网页", "直接请求")
    (why,) = json.loads(told["判定理由"])
    assert (why["位置"], why["说明"], why["分量"]) == ("正文", "起点分：什么都没看到时先算不是", -1.5)
    (evidence,) = rows("evidence")
    assert (evidence["强度"], evidence["判定"]) == ("内容", "保留")
    assert [(one["状态"], one["有内容页"]) for one in rows("values")] == [("有值", "否"), ("没有", "否")]


def test_the_columns_of_a_csv_may_be_chinese(caifeng, here) -> None:
    """For whoever opens it in a spreadsheet; programs' formats keep their names, and say so."""
    keep(here, "N", failure("/c", 1, detail="no whole answer within 60.0 s"))
    plain = caifeng("export", "N", "--what", "failures", "--format", "csv").out.splitlines()
    told = caifeng("export", "N", "--what", "failures", "--format", "csv", "--chinese").out.splitlines()
    assert plain[0].lstrip("\ufeff").startswith("url,key,host")
    assert told[0].lstrip("\ufeff").startswith("网址,规范网址,主机")
    assert ",failed,timeout,no whole answer within 60.0 s," in plain[1]
    assert ",失败,超时,60.0 秒内没有完整的答复," in told[1]
    refused = caifeng("export", "N", "--what", "failures", "--chinese")
    assert (refused.code, "--format csv" in refused.err) == (Exit.USAGE, True)
