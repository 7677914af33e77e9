"""Second step: the page's one verdict, with its reasons."""

from __future__ import annotations

from dataclasses import replace

from cleaning.verdict import judge
from crawler.items import PageItem
from pipelines.step import Step


class CleanStep(Step):
    """Judges the reading the spider has made; nothing is parsed again."""

    async def apply(self, item: PageItem) -> PageItem:
        """Add the judgement: that of the same bytes by the same rules, where there is one."""
        if item.unchanged is not None and item.unchanged.carried is not None:
            return replace(item, judgement=item.unchanged.carried.judgement)
        return replace(item, judgement=judge(item.reading))
