"""What should not be there: advertisements, injected pages, hidden links, pastimes; and pages about fighting them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from rehearsal import articles
from rehearsal.addresses import Ref
from rehearsal.chance import dice, number
from rehearsal.links import Block, a, anchor, text
from rehearsal.outline import Outline
from rehearsal.plan import Host, World
from rehearsal.texts import prose, unwanted
from rehearsal.texts.names import DISTRICTS
from rehearsal.texts.topics import TOPICS
from rehearsal.texts.unwanted import BRANDS

Builder = Callable[[World, Host, Ref], Outline | None]


class Sort(NamedTuple):
    """One kind of unwanted page: its texts, verdict and features."""

    texts: Sequence[tuple[str, ...]]
    verdict: str
    feature: str


SORTS: Final = {
    "gambling": Sort(unwanted.GAMBLING, "harmful", "gambling"),
    "porn": Sort(unwanted.PORN, "harmful", "pornography"),
    "fraud": Sort(unwanted.FRAUD, "harmful", "fraud"),
    "marketing": Sort(unwanted.MARKETING, "ad", "marketing-ad"),
    "softad": Sort(unwanted.SOFT, "ad", "soft-ad"),
    "leisure": Sort(unwanted.LEISURE, "irrelevant", "not-service"),
    "fighting": Sort(unwanted.FIGHTING, "kept", "about-fighting-it"),
}
TITLED: Final = frozenset({*SORTS, "adlist"})

SPAM_SITES: Final = tuple(
    f"www.{name}.example" for name in ("yl8899", "hg0088bet", "cp55678", "av-jipin", "bzfapiao", "daikuan51")
)
SPAM_WORDS: Final = (
    "澳门百家乐",
    "六合彩开奖",
    "时时彩投注",
    "真人娱乐城",
    "成人影院",
    "代开发票",
    "办证刻章",
    "老虎机下载",
)


def _slots(world: World, host: Host, column: int, k: int) -> dict[str, str]:
    chance = dice(world.seed, "spam", host.site, column, k)
    return {
        "brand": chance.choice(BRANDS),
        "n": str(chance.randint(11, 98)),
        "n2": str(chance.randint(1001, 9998)),
        "few": str(chance.randint(2, 9)),
        "few2": str(chance.randint(2, 9)),
        "city": host.city.name,
        "place": chance.choice(DISTRICTS),
    }


def _text(world: World, host: Host, column: int, k: int, kind: str) -> tuple[str, ...]:
    texts = SORTS[kind].texts
    lot = number(world.seed, kind, host.site, column, k)
    slots = _slots(world, host, column, k)
    return tuple(line.format(**slots) for line in texts[lot % len(texts)])


def title(world: World, host: Host, column: int, k: int, kind: str) -> str:
    """The headline lists print: injected pages are listed under an innocent one."""
    if kind == "adlist":
        return f"便民信息({k}期)"
    if SORTS[kind].verdict == "harmful":
        topic = articles.topic_of(world, host, column, k)
        return articles.headline(world.seed, host.city.name, articles.writer(host), topic, host.site, column, k, 0)
    return _text(world, host, column, k, kind)[0]


def _sorted(kind: str) -> Builder:
    sort = SORTS[kind]

    def build(world: World, host: Host, ref: Ref) -> Outline | None:
        if ref.c:
            return None
        heading, *lines = _text(world, host, ref.a, ref.b, kind)
        base = articles.story(world, host, ref.a, ref.b)
        chance = dice(world.seed, "order", host.site, ref.a, ref.b)
        repeated = list(lines)
        if sort.verdict == "harmful":
            for other in chance.sample(range(len(sort.texts)), min(2, len(sort.texts))):
                extra = [line.format(**_slots(world, host, ref.a, ref.b + other + 1)) for line in sort.texts[other][1:]]
                repeated += extra
        elif kind == "fighting":
            repeated += prose.sentences(chance, host.city.name, f"{host.city.name}市公安局", TOPICS["safety"], 7)
        else:
            chance.shuffle(repeated)
        found = replace(base, title=heading, lines=tuple(dict.fromkeys(repeated)))
        blocks = [articles.body(found)]
        harmful = sort.verdict == "harmful"
        if harmful:
            links = tuple(
                anchor(f"http://{site}/", word)
                for site, word in zip(chance.sample(SPAM_SITES, 3), chance.sample(SPAM_WORDS, 3), strict=True)
            )
            blocks.append(Block(links, lambda: '<div class="yqlj">' + " ".join(a(link) for link in links) + "</div>"))
        else:
            blocks.insert(
                0, text(f'<div class="info">发布时间:{found.date} 09:30　来源:{_credit(kind, found.source)}</div>')
            )
        entities = harmful and ref.b % 2 == 0
        features = (sort.feature, *(["entity-title"] if entities else []))
        frame = "bare" if harmful and number(world.seed, host.site, "bare", ref.a, ref.b) % 2 else "page"
        key = articles.key_of(host, ref)
        return Outline(
            "article",
            heading,
            tuple(blocks),
            sort.verdict,
            key,
            features=features,
            frame=frame,
            entities=entities,
            column=ref.a,
        )

    return build


def _credit(kind: str, source: str) -> str:
    return source if kind == "fighting" else ("网络" if kind == "leisure" else "本站")


def _adlist(world: World, host: Host, ref: Ref) -> Outline | None:
    if ref.c:
        return None
    chance = dice(world.seed, "adlist", host.site, ref.a, ref.b)
    rows = []
    for line in chance.sample(unwanted.LISTING, 8):
        slots = {
            "n": str(chance.randint(11, 98)),
            "n2": str(chance.randint(101, 998)),
            "place": chance.choice(DISTRICTS),
        }
        rows.append(line.format(**slots))
    block = text(
        "<ul>" + "".join(f"<li>{row}</li>" for row in rows) + "</ul><p>刊登信息请联系广告部,首期免费,量大优惠。</p>"
    )
    return Outline(
        "article",
        f"分类广告 便民信息({ref.b}期)",
        (block,),
        "ad",
        articles.key_of(host, ref),
        features=("listing-ad",),
        column=ref.a,
    )


HIDES: Final = {
    "display-none": '<div style="display:none">{}</div>',
    "off-screen": '<div style="text-indent:-9999px;position:absolute;overflow:hidden">{}</div>',
    "marquee": '<marquee width="1" height="1" scrollamount="9000">{}</marquee>',
    "document-write": (
        "<script>document.write('<div style=\"display:none\">');</script>{}<script>document.write('</div>');</script>"
    ),
}


def _hidden(how: str) -> Builder:
    """A good article with a block of links no visitor sees."""

    def build(world: World, host: Host, ref: Ref) -> Outline | None:
        if ref.c:
            return None
        found = articles.story(world, host, ref.a, ref.b)
        chance = dice(world.seed, "hidden", host.site, ref.a, ref.b)
        words = chance.sample(SPAM_WORDS, 6)
        links = tuple(anchor(f"http://{chance.choice(SPAM_SITES)}/{n}.html", word) for n, word in enumerate(words))
        head = text(f'<div class="info">发布时间:{found.date} 09:30　来源:{found.source}</div>')
        block = Block(links, lambda: HIDES[how].replace("{}", " ".join(a(link) for link in links)))
        return Outline(
            "article",
            found.title,
            (head, articles.body(found)),
            aside=(block,),
            body_key=articles.key_of(host, ref),
            features=("hidden-links", f"hidden-{how}"),
            verdict="harmful",  # a page somebody has broken into, however good its article
            column=ref.a,
        )

    return build


BUILDERS: Final[dict[str, Builder]] = {
    **{kind: _sorted(kind) for kind in SORTS},
    **{f"hidden-{how}": _hidden(how) for how in HIDES},
    "adlist": _adlist,
}
