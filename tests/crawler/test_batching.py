"""Many callers, one call: batches answer in order, fail alone, and are drained."""

import asyncio

from crawler.batching import Batcher


async def test_a_batch_answers_in_order_and_by_size():
    """Entries go out together, at most `size` at once, each caller with its own answer."""
    batches = []

    async def flush(batch):
        batches.append(list(batch))
        return [entry * 10 for entry in batch]

    batcher = Batcher(flush, size=3, window=0.01)
    assert await asyncio.gather(*(batcher.submit(n) for n in range(7))) == [n * 10 for n in range(7)]
    assert batches == [[0, 1, 2], [3, 4, 5], [6]]


async def test_a_failing_flush_fails_its_own_batch_only():
    """Each caller of the batch gets the error; the next batch goes out."""

    async def flush(batch):
        if "bad" in batch:
            raise ValueError("bad batch")
        return batch

    batcher = Batcher(flush, size=2, window=0.01)
    answers = await asyncio.gather(
        batcher.submit("bad"), batcher.submit("a"), batcher.submit("b"), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [ValueError, ValueError, str]


async def test_drain_flushes_what_waits():
    """Closing does not wait for the window, and nothing is left behind."""

    async def flush(batch):
        return batch

    batcher = Batcher(flush, size=100, window=3600)
    waiting = asyncio.ensure_future(batcher.submit("last"))
    await asyncio.sleep(0)
    await batcher.drain()
    assert await waiting == "last"


async def test_who_is_alone_does_not_wait():
    """Neither for company nor for the window."""
    batches = []

    async def flush(batch):
        batches.append(list(batch))
        return batch

    batcher = Batcher(flush, size=100, window=3600)
    alone = asyncio.ensure_future(batcher.submit("alone", alone=True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert batches == [["alone"]]
    await batcher.drain()
    assert await alone == "alone"


async def test_a_caller_that_gave_up_costs_the_others_nothing():
    """Its answer is nobody's; theirs come."""

    async def flush(batch):
        return batch

    batcher = Batcher(flush, size=2, window=3600)
    gone = asyncio.ensure_future(batcher.submit("gone"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    assert await batcher.submit("here") == "here"


async def test_no_caller_waits_for_an_answer_that_does_not_come():
    """A flush that answers fewer than it was asked fails for the rest; one that is cancelled cancels them all."""

    async def short(batch):
        return batch[:1]

    async def cancelled(_batch):
        raise asyncio.CancelledError

    for flush, expected in ((short, [str, ValueError]), (cancelled, [asyncio.CancelledError] * 2)):
        batcher = Batcher(flush, size=3, window=3600)
        callers = [asyncio.ensure_future(batcher.submit(each)) for each in "ab"]
        await asyncio.sleep(0)
        await batcher.drain()
        _, waiting = await asyncio.wait(callers, timeout=10)
        assert not waiting
        answers = await asyncio.gather(*callers, return_exceptions=True)
        assert [type(answer) for answer in answers] == expected
