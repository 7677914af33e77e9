"""What an item of a column says: headline, source, date and text, all from its number."""

import datetime as dt
import random
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from rehearsal.addresses import Ref, date_of, item_kind, path_of
from rehearsal.chance import dice, number
from rehearsal.links import Block
from rehearsal.plan import Host, World
from rehearsal.texts import prose
from rehearsal.texts.topics import GENERAL, TOPICS, Topic


@dataclass(frozen=True, slots=True)
class Story:
    """One article's content."""

    title: str
    source: str
    date: dt.date
    lines: tuple[str, ...]

    def html(self) -> str:
        """The body as paragraphs."""
        chance = random.Random(len(self.title))
        return "\n".join(f"<p>　　{escape(part)}</p>" for part in prose.paragraphs(list(self.lines), chance))


def topic_of(world: World, host: Host, column: int, k: int) -> Topic:
    """The field of work an item belongs to."""
    keys = host.dept.topics if host.dept else GENERAL
    return TOPICS[keys[number(world.seed, host.site, "topic", column, k) % len(keys)]]


def writer(host: Host) -> str:
    """The office that writes on a host."""
    return f"{host.city.name}市{host.dept.name}" if host.dept else f"{host.city.name}市政府办公室"


@lru_cache(maxsize=20000)
def headline(world_seed: int, city: str, office: str, topic: Topic, *parts: object) -> str:
    """A headline, unique for its parts."""
    return prose.title(dice(world_seed, "title", *parts), city, office, topic)


def story(world: World, host: Host, column: int, k: int, part: int = 0) -> Story:
    """The article of this number; different numbers give different articles."""
    topic = topic_of(world, host, column, k)
    parts = (host.site, column, k, part)
    chance = dice(world.seed, "story", *parts)
    title = headline(world.seed, host.city.name, writer(host), topic, *parts)
    lines = prose.sentences(chance, host.city.name, writer(host), topic, chance.randint(9, 20))
    return Story(title, writer(host), date_of(world.seed, host.site, column, k), tuple(lines))


def body(found: Story) -> Block:
    """The article's text, printed when asked for."""
    return Block((), found.html)


def original(world: World, host: Host, column: int, k: int) -> Ref | None:
    """A plain article of the host that another place may repeat; None when a few tries find none."""
    for turn in range(40):
        lot = number(world.seed, "original", host.site, column, k, turn)
        a = lot % min(len(host.columns), 8)
        b = (lot >> 8) % host.columns[a].count
        if (a, b) != (column, k) and item_kind(world, host, a, b) == "plain":
            return Ref("item", a, b)
    return None


def sibling(world: World, host: Host, column: int, k: int, how: str) -> Host:
    """The host an article is copied from: the same, another department of the unit, or the next unit's likewise."""
    if how == "crossunit":
        return world.units[(host.unit + 1) % len(world.units)].hosts[host.number % 6]
    if how == "crossdept":
        others = [other for other in world.units[host.unit].hosts[:-1] if other.number != host.number]
        return others[number(world.seed, "sibling", host.site, column, k) % len(others)]
    return host


def key_of(host: Host, ref: Ref) -> str:
    """What identifies an article's content."""
    return f"{host.site}:{ref.a}:{ref.b}:{ref.c}"


def absolute(world: World, host: Host, ref: Ref) -> str:
    """A page's address with scheme and host."""
    return host.origin + path_of(world, host, ref)
