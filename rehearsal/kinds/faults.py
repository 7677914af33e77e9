"""Pages whose answers fail, wait or never end."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from rehearsal.addresses import Ref
from rehearsal.chance import number
from rehearsal.kinds.moves import Writer
from rehearsal.links import text
from rehearsal.outline import Answer, Outline
from rehearsal.plan import Host, World

Builder = Callable[[World, Host, Ref], Outline | None]

SOFT: Final = (
    "抱歉,您访问的页面不存在或已被删除。", "404 您要查看的内容找不到了,请检查地址是否正确。", "该信息已下线,页面无法显示。",
    "系统提示:没有找到相应的文章,三秒后返回首页。", "对不起,您访问的栏目正在维护中,页面暂时无法访问。",
)  # fmt: skip


def with_answer(outline: Outline, answer: Answer) -> Outline:
    """The same page, answered in another way."""
    return replace(outline, answer=answer)


def _gone(status: int) -> Builder:
    def build(_world: World, _host: Host, ref: Ref) -> Outline | None:
        if ref.c:
            return None
        page = Outline("dead", "页面不存在", (text(f"<p>{status}</p>"),), features=(f"dead-{status}",), frame="bare")
        return with_answer(page, Answer(status=status))

    return build


def _soft(_world: World, _host: Host, ref: Ref) -> Outline | None:
    if ref.c:
        return None
    line = SOFT[ref.b % len(SOFT)]
    title = ("页面不存在", "错误提示", "404")[ref.b % 3]
    return Outline(
        "article", title, (text(f'<div class="error"><p>{line}</p></div>'),), "irrelevant", features=("soft-404",)
    )


def _always(_world: World, _host: Host, ref: Ref) -> Outline | None:
    if ref.c:
        return None
    page = Outline("flapping-dead", "服务器错误", (text("<p>HTTP 500</p>"),), features=("always-500",), frame="bare")
    return with_answer(page, Answer(status=500))


def builders(article: Writer) -> dict[str, Builder]:
    """One builder for each kind of this file, given the one that writes articles."""

    def answered(feature: str, answer: Callable[[int], Answer], kind: str = "article") -> Builder:
        def build(world: World, host: Host, ref: Ref) -> Outline | None:
            if ref.c:
                return None
            outline = article(world, host, ref, features=(feature,))
            lot = number(world.seed, host.site, "fault", ref.a, ref.b)
            return replace(outline, kind=kind, answer=answer(lot))

        return build

    return {
        "gone404": _gone(404),
        "gone410": _gone(410),
        "soft404": _soft,
        "always500": _always,
        "flap500": answered("flapping-500", lambda lot: Answer(flaps=1 + lot % 2)),
        "flap503": answered("flapping-503", lambda lot: Answer(flaps=1 + lot % 2, flap_status=503, retry_after=1)),
        "slow": answered("slow", lambda lot: Answer(delay=0.5 + (lot % 11) / 10)),
        "stalled": answered("stalled", lambda lot: Answer(stall=("head", "half")[lot % 2]), "stalled"),
    }
