"""The plan of a web: units, hosts, columns and how many items each has.  Small, whatever the number of pages."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from rehearsal.chance import dice, number
from rehearsal.mixture import FIXED_PAGES, HARMFUL, PER_ITEM, QUOTAS, SPA_SHARE
from rehearsal.texts.names import CITIES, DEPARTMENTS, City, Department, city

COLUMN_CAP: Final = 400
"""Items in one column at most: TRS pagers print every page number, so a list of 20 per page has 20 pages."""

PORTAL_COLUMNS: Final = (
    ("zwyw", "政务要闻"), ("tzgg", "通知公告"), ("zcwj", "政策文件"), ("zcjd", "政策解读"), ("bmdt", "部门动态"),
    ("ztzl", "专题专栏"),
)  # fmt: skip
DEPARTMENT_COLUMNS: Final = (("gzdt", "工作动态"), ("tzgs", "通知公示"), ("zcfg", "政策法规"), ("bmfw", "便民服务"))
PLATFORM_COLUMNS: Final = (("grbs", "个人办事"), ("frbs", "法人办事"), ("bmsx", "部门事项"))
FAMILIES: Final = ("trs", "jcms", "vsb", "asp")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a host."""

    index: int
    slug: str
    name: str
    count: int  # items
    per_page: int
    style: str  # trs | datastore | vsb | postback | plain | fetched | built | noscript | api

    @property
    def pages(self) -> int:
        """Addresses its list has: pages, or the page with the first group of a data store's records and the other groups."""
        return max(1, math.ceil(self.count / self.rows))

    @property
    def rows(self) -> int:
        """Items under one address: a data store's plug-in asks for three pages at once."""
        return self.per_page * 3 if self.style == "datastore" else self.per_page

    @property
    def dated(self) -> bool:
        """Whether its pages print a day beside each entry."""
        return self.style not in {"built", "noscript", "api"}


@dataclass(frozen=True)
class Host:
    """One host: everything its pages have in common."""

    number: int
    unit: int
    role: str  # portal | department | platform
    name: str  # as its own links spell it
    city: City
    area: str  # the unit's six digits, which begin its sites' codes
    dept: Department | None
    family: str  # trs | jcms | vsb | asp | platform
    layout: int
    scheme: str  # the scheme that answers with pages; the other redirects when it is https
    www: bool  # the bare name redirects to www.
    charset: str  # utf-8 | gbk | gbk-as-utf8 | utf8-as-gb2312
    gzip: bool
    chunked: bool
    robots: str  # normal | delay | none
    top: int  # columns in the navigation; the others hang below them
    columns: tuple[Column, ...]
    quotas: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def site(self) -> str:
        """The name without `www.`."""
        return self.name.removeprefix("www.")

    def below(self, index: int) -> range:
        """Columns that only column `index` links: ten to each, so that any number stays within a few clicks."""
        first = min(len(self.columns), self.top + 10 * index)
        return range(first, min(len(self.columns), first + 10))

    @property
    def origin(self) -> str:
        """Scheme and host of its own pages."""
        return f"{self.scheme}://{self.name}"

    @property
    def title(self) -> str:
        """The site's name."""
        if self.role == "portal":
            return f"{self.city.name}市人民政府"
        if self.dept is None:
            return f"{self.city.name}市政务服务网"
        return f"{self.city.name}市{self.dept.name}"


@dataclass(frozen=True)
class Unit:
    """One unit of government and its hosts: portal first, platform last."""

    index: int
    code: str
    city: City
    hosts: tuple[Host, ...]

    @property
    def name(self) -> str:
        """The unit's name."""
        return f"{self.city.name}市"

    @property
    def seeds(self) -> tuple[str, ...]:
        """Portal home and service platform home."""
        return (self.hosts[0].origin + "/", self.hosts[-1].origin + "/")


@dataclass(frozen=True)
class World:
    """A whole simulated web."""

    seed: int
    pages: int
    units: tuple[Unit, ...]
    edition: int = 1  # see rehearsal.editions
    all_up: bool = False  # no host is down, whatever the edition
    guarded: bool = False  # hosts behind shields and limits, pages that harm a browser
    scripted: float = 0.0  # of the columns: all their ordinary items exist only after scripts have run

    @cached_property
    def hosts(self) -> tuple[Host, ...]:
        """Every host, by number."""
        return tuple(host for unit in self.units for host in unit.hosts)

    @cached_property
    def by_site(self) -> dict[str, Host]:
        """Hosts by name without `www.`."""
        return {host.site: host for host in self.hosts}

    @cached_property
    def domains(self) -> frozenset[str]:
        """The units' own domains: what the scope of a round made from the seeds covers."""
        return frozenset(unit.hosts[0].site for unit in self.units)


def _per_page(count: int) -> int:
    """Rows of a list page: few enough that short columns have a second page too."""
    if count <= 9:
        return 4
    return 8 if count <= 60 else 20


def _columns(
    seed: int, site: str, names: tuple[tuple[str, str], ...], items: int, role: str, family: str
) -> tuple[Column, ...]:
    years = max(1, math.ceil(items / (COLUMN_CAP * len(names))))
    total = len(names) * years
    base, more = divmod(max(items, total), total)
    drawn = number(seed, site, "drawn") % len(names)
    styles = {"trs": "trs", "jcms": "datastore", "vsb": "vsb"}
    out = []
    for index in range(total):
        slug, name = names[index % len(names)]
        year = index // len(names)
        if year:
            slug, name = f"{slug}{year}", f"{name}(归档{year})"
        style = styles.get(family, "postback" if family == "asp" and index % 2 == 0 else "plain")
        if role == "platform" or index % len(names) == drawn:
            style = ("fetched", "built", "noscript")[(index + drawn) % 3]
        if role == "platform" and index % len(names) == 0:
            style = "api"
        count = base + (1 if index < more else 0)
        rows = max(1, _per_page(count) // 3) if style == "datastore" else _per_page(count)
        out.append(Column(index, slug, name, count, rows, style))
    return tuple(out)


def _quotas(
    seed: int, unit: int, drafts: list[list[Column]], roles: list[str], share: int, times: int
) -> list[dict[tuple[int, int], str]]:
    """Deals the kinds every unit must have over its hosts; at most two thirds of a host's items are dealt."""
    chance = dice(seed, "quotas", unit)
    slots: list[list[tuple[int, int]]] = []
    for columns in drafts:
        free = [(column.index, k) for column in columns[:8] for k in range(min(column.count, 40))]
        chance.shuffle(free)
        slots.append(free[: max(1, len(free) * 2 // 3)])
    dealt: list[dict[tuple[int, int], str]] = [{} for _ in drafts]
    kinds = [kind for kind, count in QUOTAS.items() for _ in range(count * times)]
    articles = [number for number, role in enumerate(roles) if role != "platform"]
    spot = unit
    for kind in kinds:
        for step in range(len(articles)):
            host = articles[(spot + step) % len(articles)]
            if slots[host]:
                dealt[host][slots[host].pop()] = kind
                spot += step + 1
                break
    spas = max(1, round(share * SPA_SHARE))
    for turn in range(spas):
        host = turn % len(drafts)
        if slots[host]:
            dealt[host][slots[host].pop()] = "spa"
    return dealt


def _add_harmful(dealt: dict[tuple[int, int], str], columns: list[Column]) -> None:
    """One page of each kind that harms a browser, on the portal, in place of its last ordinary items."""
    free = [(column.index, k) for column in reversed(columns) for k in range(column.count)]
    dealt.update(zip((slot for slot in free if slot not in dealt), HARMFUL, strict=False))


def _looks(seed: int, unit: int, roles: list[str]) -> list[dict[str, object]]:
    chance = dice(seed, "looks", unit)
    shift = chance.randrange(4)
    charsets = ["gbk", "gbk-as-utf8", "utf8-as-gb2312", "utf-8"]
    out: list[dict[str, object]] = []
    for spot, role in enumerate(roles):
        family = "platform" if role == "platform" else FAMILIES[(spot + shift + unit) % 4]
        out.append(
            {
                "family": family,
                "layout": 5 if role == "platform" else (FAMILIES.index(family) if chance.random() < 0.7 else 4),
                "scheme": "https" if (role == "platform" and unit % 2 == 0) or (spot == 2) else "http",
                "www": role == "portal" and unit % 3 != 2,
                "charset": charsets[(spot - 1) % 4] if role == "department" else "utf-8",
                "gzip": chance.random() < 0.5,
                "chunked": chance.random() < 0.4,
                "robots": "delay" if unit == 0 and spot == 3 else ("none" if spot == 1 and unit % 2 else "normal"),
            },
        )
    return out


def _unit(seed: int, index: int, share: int, shift: int, times: int, *, guarded: bool) -> Unit:
    """One unit; `share` is its number of pages within six clicks."""
    place = city((index + shift) % CITIES)
    chance = dice(seed, "departments", index)
    offices = chance.sample(DEPARTMENTS, 4)
    roles = ["portal", *["department"] * 4, "platform"]
    labels = ["www", *[office.label for office in offices], "zwfw"]
    depts: list[Department | None] = [None, *offices, None]
    shares = [0.25, 0.13, 0.13, 0.13, 0.13, 0.23]
    names = [PORTAL_COLUMNS, *[DEPARTMENT_COLUMNS] * 4, PLATFORM_COLUMNS]
    looks = _looks(seed, index, roles)
    drafts = []
    for spot, role in enumerate(roles):
        target = share * shares[spot]
        items = max(len(names[spot]) * 3, round((target - FIXED_PAGES[role]) / PER_ITEM[role]))
        site = f"{labels[spot]}.{place.label}.gov.cn"
        drafts.append(list(_columns(seed, site, names[spot], items, role, str(looks[spot]["family"]))))
    dealt = _quotas(seed, index, drafts, roles, share, times)
    if guarded:
        _add_harmful(dealt[0], drafts[0])
    hosts = tuple(
        Host(
            number=index * len(roles) + spot,
            unit=index,
            role=role,
            name=f"{labels[spot]}.{place.label}.gov.cn",
            city=place,
            area=f"{990000 + (index + shift) % CITIES:06d}",
            dept=depts[spot],
            top=len(names[spot]),
            columns=tuple(drafts[spot]),
            quotas=dealt[spot],
            **looks[spot],  # type: ignore[arg-type]
        )
        for spot, role in enumerate(roles)
    )
    return Unit(index, f"{990000 + (index + shift) % CITIES:06d}", place, hosts)


def build(
    seed: int, units: int, pages: int, edition: int = 1, *, scripted: float = 0.0, guarded: bool = False
) -> World:
    """The plan of the web with this seed.

    `pages` is the wished number of pages within six clicks; a unit has a floor of about 290 (its fixed pages).
    Raises ValueError when units is not between 1 and the number of made-up cities, pages or edition is not positive, or
    scripted is no share.
    """
    if not 1 <= units <= CITIES:
        raise ValueError(f"--units must be between 1 and {CITIES}, not {units}: choose a number in that range")
    if pages < 1:
        raise ValueError(f"--pages must be at least 1, not {pages}")
    if edition < 1:
        raise ValueError(f"--edition must be at least 1, not {edition}")
    if not 0 <= scripted <= 1:
        raise ValueError(f"--scripted must be between 0 and 1, not {scripted}")
    share = pages // units
    times = math.ceil(5 / units) if share >= 1200 else 1
    shift = number(seed, "cities") % CITIES
    made = tuple(_unit(seed, index, share, shift, times, guarded=guarded) for index in range(units))
    return World(seed, pages, made, edition, guarded=guarded, scripted=scripted)
