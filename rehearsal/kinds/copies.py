"""Copies of articles: exact, near, across departments and units; and pages that only look alike."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from rehearsal import articles
from rehearsal.addresses import Ref
from rehearsal.chance import dice
from rehearsal.links import text
from rehearsal.outline import Outline
from rehearsal.plan import Host, World
from rehearsal.texts.alike import FORMS, SLOTS
from rehearsal.texts.names import DISTRICTS, SURNAMES

FEATURES: Final = {
    "exact": "exact-duplicate",
    "crossdept": "cross-department-duplicate",
    "crossunit": "cross-unit-copy",
    "near-source": "near-duplicate",
    "near-sentence": "near-duplicate",
    "near-frame": "near-duplicate",
}
TITLED: Final = frozenset({*FEATURES, "lookalike"})
ADDED: Final = "本文由{site}编辑整理后转发,如有疑问请与原发布单位联系。"


def _source(world: World, host: Host, column: int, k: int, kind: str) -> tuple[Host, Ref]:
    other = articles.sibling(world, host, column, k, kind)
    return other, articles.original(world, other, column, k) or Ref("item", column, k)


def title(world: World, host: Host, column: int, k: int, kind: str) -> str:
    """The headline lists print."""
    if kind == "lookalike":
        return _alike(world, host, column, k)[0]
    other, ref = _source(world, host, column, k, kind)
    return articles.story(world, other, ref.a, ref.b).title


def _copy(kind: str) -> Callable[[World, Host, Ref], Outline | None]:
    def build(world: World, host: Host, ref: Ref) -> Outline | None:
        if ref.c:
            return None
        other, source = _source(world, host, ref.a, ref.b, kind)
        found = articles.story(world, other, source.a, source.b)
        lines = (*found.lines, ADDED.format(site=host.title)) if kind == "near-sentence" else found.lines
        by = f"转自{host.title}" if kind == "near-source" else found.source
        head = f'<div class="info">发布时间:{found.date} 09:30　来源:{by}　字号:[大 中 小]</div>'
        if kind == "near-frame":
            head = f'<div class="dayin">【打印版】{host.title}文稿</div>' + head
        own = (other.number, source) == (host.number, ref)
        return Outline(
            "article",
            found.title,
            (text(head), articles.body(replace(found, lines=lines))),
            body_key=articles.key_of(other, source),
            features=()
            if own
            else tuple(dict.fromkeys((FEATURES[kind], kind if kind.startswith("near") else FEATURES[kind]))),
            column=ref.a,
        )

    return build


def _alike(world: World, host: Host, column: int, k: int) -> tuple[str, tuple[str, ...]]:
    """A form filled in with other numbers and names each time."""
    chance = dice(world.seed, "alike", host.site, column, k)
    form = FORMS[chance.randrange(len(FORMS))]
    slots = {name: str(chance.randint(low, high)) for name, (low, high) in SLOTS.items()}
    slots |= {
        "place": chance.choice(DISTRICTS),
        "person": chance.choice(SURNAMES) + chance.choice("建国伟芳丽敏静强磊洋") + chance.choice("华明军平英波"),
    }
    slots |= {
        "other": chance.choice(SURNAMES) + chance.choice("文志晓海春秋雪") + chance.choice("东南林生红梅"),
        "city": host.city.name,
    }
    return form[0].format(**slots), tuple(line.format(**slots) for line in form[1:])


def _lookalike(world: World, host: Host, ref: Ref) -> Outline | None:
    if ref.c:
        return None
    heading, lines = _alike(world, host, ref.a, ref.b)
    base = articles.story(world, host, ref.a, ref.b)
    found = replace(base, title=heading, lines=lines)
    head = text(f'<div class="info">发布时间:{found.date} 09:30　来源:{found.source}</div>')
    return Outline(
        "article",
        heading,
        (head, articles.body(found)),
        features=("look-alike",),
        column=ref.a,
        body_key=articles.key_of(host, ref),
    )


def print_view(page: Outline) -> Outline:
    """The print view of an article: its text in a bare frame."""
    return replace(page, frame="bare", features=("print-view",), meta=())


BUILDERS: Final = {**{kind: _copy(kind) for kind in FEATURES}, "lookalike": _lookalike}
