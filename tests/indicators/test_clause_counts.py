"""How far pages came towards a rule, over many of them."""

from __future__ import annotations

from dataclasses import replace

from cleaning.read import read
from indicators import catalogue
from indicators.clause_counts import Counting
from indicators.trace import Tracer

CATALOGUE = catalogue.load()
# Its first rule: a list of services by its title, links to guides, no news of either.
POINT = replace(CATALOGUE.points["1.1.4-M05"], rules=CATALOGUE.points["1.1.4-M05"].rules[:1])
PLAIN = "<html><head><title>{0}</title></head><body><h1>{0}</h1><div>{1}</div></body></html>"
GUIDES = "".join(f"<li><a href='/g{n}'>办事指南</a></li>" for n in range(4))


def counted(pages: dict[str, tuple[str, str]]):
    tracer, counting = Tracer(CATALOGUE, POINT), Counting(POINT)
    for name, (title, body) in pages.items():
        reading = read(PLAIN.format(title, body).encode(), f"http://a.gov.cn/{name}", content_type="text/html")
        counting.add(name, tracer.trace(reading))
    return counting


def test_each_clause_says_how_many_pages_have_it_and_the_rarest_words_are_nearest() -> None:
    """The one page with the title is nearer than the two with the links everybody has; a page without a word is no miss."""
    counting = counted(
        {
            "list": ("公共服务清单", "<p>目录如下，敬请查阅。</p>"),
            "guide-1": ("户口登记", GUIDES),
            "guide-2": ("身份证申领", GUIDES),
            "nothing": ("天气", "<p>晴。</p>"),
        }
    )
    (rule,) = counting.told()
    assert counting.pages == 4
    assert (rule.pages, [(one.refuses, one.pages) for one in rule.clauses]) == (
        0, [(False, 1), (False, 2), (True, 0)],
    )  # fmt: skip
    assert [(miss.lacks, miss.pages, miss.example) for miss in rule.nearest] == [
        ((1,), 1, "list"), ((0,), 2, "guide-1"),
    ]  # fmt: skip


def test_what_refuses_is_counted_and_lacking_where_it_stands() -> None:
    """A title of news voids what the two other clauses have; where all holds there is no miss."""
    counting = counted({"news": ("公共服务清单编制工作会议", GUIDES), "list": ("公共服务清单", GUIDES)})
    (rule,) = counting.told()
    assert (rule.pages, [one.pages for one in rule.clauses]) == (1, [2, 2, 1])
    assert [(miss.lacks, miss.example) for miss in rule.nearest] == [((2,), "news")]
