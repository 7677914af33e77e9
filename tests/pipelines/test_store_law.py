"""The law of late writers: whatever the order in which grants of one URL write, record and ledger agree."""

from __future__ import annotations

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.frontier.contract import End
from pipelines.store.connect import connect_async
from pipelines.store.records import draft
from pipelines.store.writer import Written, write
from tests.pipelines.making import ROUND, failure, page, skipped

MAKERS = (page, failure, skipped)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from(range(len(MAKERS))), min_size=1, max_size=5),
    together=st.booleans(),
    data=st.data(),
)
def test_record_and_ledger_agree(store_url, database, kinds, together, data):
    """Grant n is of kind n; all but the last have lost their lease, and all write in any order, alone or in one batch.

    The last grant is the one whose ack counts: it is never refused, there is one record, and its end is the acked one.
    A page once written stays.
    """
    order = data.draw(st.permutations(range(len(kinds))))
    database["records"].drop()

    async def run():
        opened = connect_async(store_url)
        drafts = {number: draft(ROUND, MAKERS[kind]("/1", number + 1)) for number, kind in enumerate(kinds)}
        if together:
            found = await write(opened, [(drafts[number], 3) for number in order])
            answers = dict(zip(order, found, strict=True))
        else:
            answers = {number: (await write(opened, [(drafts[number], 3)]))[0] for number in order}
        await opened.client.close()
        return drafts, answers

    drafts, answers = asyncio.run(run())
    last = len(kinds) - 1
    assert answers[last].written is not Written.FENCED
    acked = End.STORED if answers[last].written is Written.PAGE_STANDS else drafts[last].end
    (record,) = database["records"].find()
    assert record["end"] == acked
    had = any(answer.written is Written.DONE and drafts[number].end is End.STORED for number, answer in answers.items())
    assert (record["end"] == End.STORED) is had
