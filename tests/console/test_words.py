"""The words people read for our codes: every code has one, and no two of a kind share it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cleaning.page import Media, PageType
from cleaning.reasons import ReasonCode, Verdict
from console.cli import render, words
from console.cli.traps import RULES
from crawler.channels.record import Channel
from crawler.fetch.verdict import Ground, Sign, Way
from crawler.frontier.contract import End, Via
from crawler.frontier.redis import State
from crawler.plan import Rendering
from crawler.reasons import FailureReason, Halt, SkipReason
from crawler.revisit import How
from crawler.tally import RecordKind
from indicators import wording
from indicators.evidence import Strength
from indicators.flags import FlagKind
from indicators.values import State as ValueState
from indicators.values import Why as Unvalued
from pipelines.store.export import COLUMNS, What
from pipelines.store.flags import FlagState
from pipelines.store.listed import Source, Standing
from rounds.audit_archive import Left
from rounds.campaign_values import Rule
from rounds.changes import Change, Why
from rounds.discovery import Clue
from rounds.gate import What as Fallen
from rounds.prune import Need
from rounds.schedules import ENDINGS
from rounds.value_changes import Move


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (words.WAYS, Way), (words.RENDERING, Rendering), (words.SIGNS, Sign), (words.GROUNDS, Ground),
        (words.FAILURES, FailureReason), (words.SKIPS, SkipReason), (words.ENDS, End), (words.VIAS, Via),
        (words.REASONS, ReasonCode), (wording.PAGE_TYPES, PageType), (words.MEDIA, Media), (words.STRENGTHS, Strength),
        (words.TRAPS, RULES), (words.EXPORTS, What), (words.NOTHING_TO_EXPORT, What), (words.HALTS, Halt), (words.LEFT, Left), (render.VERDICTS, Verdict),
        (render.STATES, State), (words.RECORD_KINDS, RecordKind), (words.CHANGES, Change),
        (words.HOWS, How), (words.WHYS, Why), (words.FALLS, Fallen), (words.VALUE_STATES, ValueState), (words.VALUE_WHYS, Unvalued),
        (words.SOURCES, Source), (words.STANDINGS, Standing), (words.CLUES, Clue), (words.CHANNELS, Channel),
        (words.FLAGS, FlagKind), (words.FLAG_STATES, FlagState),
        (words.VALUE_MOVES, Move), (words.RULES, Rule), (words.NEEDS, Need),
    ],
)  # fmt: skip
def test_every_code_has_a_chinese_word_of_its_own(table, codes) -> None:
    """A code added to a closed set must be given its word; a word for a code that is gone must go too."""
    assert set(table) == set(codes)
    assert len(set(table.values())) == len(table)
    assert all(re.search("[\u4e00-\u9fff]", word) for word in table.values())


def test_every_column_of_an_export_is_named_and_documented() -> None:
    """In Chinese, each its own; the page has a row for each, with the exports it is in."""
    columns = {name for names in COLUMNS.values() for name in names}
    assert set(words.COLUMNS) == columns
    assert len(set(words.COLUMNS.values())) == len(columns)
    page = (Path(__file__).parents[2] / "docs/export-columns.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| ([\w, ]+) \| \S", page, re.MULTILINE)
    assert {name: word for name, word, _ in rows} == words.COLUMNS
    assert {name: where.split(", ") for name, _, where in rows} == {
        name: [str(what) for what in What if name in COLUMNS[what]] for name in columns
    }


def test_a_run_of_a_schedule_ends_as_it_is_told() -> None:
    """The words of the message that is sent are those of the list."""
    assert ENDINGS.items() <= words.RUNS.items()


def test_a_code_stands_beside_its_word_and_alone_where_there_is_none() -> None:
    """The code is what `--reason` and exports take."""
    assert words.with_code(words.FAILURES, "http-4xx") == "网页不存在或不给看（http-4xx）"
    assert words.with_code(words.FAILURES, "of-tomorrow") == "of-tomorrow"
