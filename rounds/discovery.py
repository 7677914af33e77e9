"""Which hosts are a unit's own: evidence from the links that lead there and from the host's home page.  Pure.

Each kind of evidence has points; a host with `PROPOSED` points or more is proposed.  The points say how often such
evidence is wrong by itself: a number that the State Council's register gave the site (网站标识码, whose first six digits are
the area code of the body that runs it, 国办发〔2017〕47号) hardly ever; a link of the portal's list of departments leads to a
county or to a ministry now and then; that a host ends in .gov.cn says only that it is some government's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cleaning.page import Link, LinkKind, Reading
from rounds.planning import SUFFIXES

PROPOSED: Final = 5


class Clue(StrEnum):
    """A kind of evidence."""

    DEPARTMENT = (
        "department"  # the portal's list of departments, or a link that names a body of government, leads there
    )
    SERVICE = "service"  # a link that names a service or data platform leads there
    DOMAIN = "domain"  # it lies under the domain of the portal
    CODE = "code"  # its site code begins with the unit's area code
    CODE_BELOW = "code-below"  # … with that of a county or district of the unit
    OTHER_CODE = "other-code"  # … with another area's
    ICP = "icp"  # it is registered under the portal's ICP number
    NAMED = "named"  # its title or its organiser names the unit
    OFFICIAL = "official"  # it ends in .gov.cn
    UNOFFICIAL = "unofficial"  # it does not
    PORTAL = "portal"  # it calls itself the portal of another unit


POINTS: Final[Mapping[Clue, int]] = {
    Clue.DEPARTMENT: 2,
    Clue.SERVICE: 2,
    Clue.DOMAIN: 3,
    Clue.CODE: 4,
    Clue.CODE_BELOW: 2,
    Clue.OTHER_CODE: -6,
    Clue.ICP: 3,
    Clue.NAMED: 2,
    Clue.OFFICIAL: 1,
    Clue.UNOFFICIAL: -2,
    Clue.PORTAL: -4,
}

BODY: Final = re.compile(r"(?:局|委员会|委|办公室|办|厅|中心|院|馆|署|支队|总队|监管局|公司)(?:网站?|官网|门户)?$")
PLATFORM: Final = re.compile(r"政务服务|办事大厅|数据开放|开放平台|开放数据|公共数据|公共资源交易|信用|12345")
PORTAL_TITLE: Final = re.compile(r"([\u4e00-\u9fff]{2,12}?(?:市|州|盟|地区|县|区|省))人民政府")
SITE_CODE: Final = re.compile(r"网站标识码\s*[:：]?\s*(\d{10})")
ICP: Final = re.compile(r"([\u4e00-\u9fff]ICP备\s*\d{6,10})\s*号", re.IGNORECASE)
ORGANISER: Final = re.compile(r"主办(?:单位)?\s*[:：]?\s*([\u4e00-\u9fff]{2,30})")
ADMINISTRATIVE: Final = re.compile(r"(.{2,}?)(?:(?:[\u4e00-\u9fff]{1,5}族)*自治州|自治区|地区|市|盟|省)")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One clue: what was seen, and on which page."""

    clue: Clue
    detail: str
    page: str


@dataclass(frozen=True, slots=True)
class Owner:
    """The unit as its own portal shows it."""

    code: str
    name: str
    domain: str  # the registered domain of the portal, empty for an address
    icp: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A host that may be a unit's own."""

    unit: str
    host: str
    url: str
    evidence: tuple[Evidence, ...]

    @property
    def score(self) -> int:
        """Points of the clues, each kind once."""
        return sum(POINTS[clue] for clue in {one.clue for one in self.evidence})

    @property
    def proposed(self) -> bool:
        """Whether it is worth an approval."""
        return self.score >= PROPOSED


def domain_of(host: str) -> str:
    """The name that was registered: `rsj.example.gov.cn` to `example.gov.cn`; empty where there is none."""
    found = SUFFIXES(host.partition(":")[0])
    return f"{found.domain}.{found.suffix}" if found.domain and found.suffix else ""


def from_link(owner: Owner, host: str, link: Link, page: str) -> list[Evidence]:
    """What one link of the unit's own pages says about the host it leads to."""
    text = "".join(link.text.split())
    found = [Evidence(Clue.DOMAIN, owner.domain, page)] if owner.domain and domain_of(host) == owner.domain else []
    if PLATFORM.search(text):
        found.append(Evidence(Clue.SERVICE, text, page))
    elif BODY.search(text) and (link.kind is LinkKind.OPTION or bare(owner.name) in text or len(text) <= 12):
        found.append(Evidence(Clue.DEPARTMENT, text, page))
    official = domain_of(host).endswith(".gov.cn")
    return [*found, Evidence(Clue.OFFICIAL if official else Clue.UNOFFICIAL, host, page)]


def from_home(owner: Owner, reading: Reading) -> list[Evidence]:
    """What the home page of a host says about whose it is."""
    page, found = reading.url, []
    code = site_code(reading)
    if code:
        clue = (
            Clue.CODE if code[:6] == owner.code else Clue.CODE_BELOW if code[:4] == owner.code[:4] else Clue.OTHER_CODE
        )
        found.append(Evidence(clue, code, page))
    if owner.icp and icp_of(reading) == owner.icp:
        found.append(Evidence(Clue.ICP, owner.icp, page))
    organiser = ORGANISER.search(reading.visible)
    names = f"{reading.site_title} {organiser[1] if organiser else ''}"
    if bare(owner.name) in names:
        found.append(Evidence(Clue.NAMED, names.strip()[:80], page))
    portal = PORTAL_TITLE.search(names)
    if portal and bare(owner.name) not in portal[0]:
        found.append(Evidence(Clue.PORTAL, portal[0], page))
    return found


def owner_of(code: str, name: str, host: str, portal: Reading | None) -> Owner:
    """The unit, with what its portal's home page says of itself."""
    return Owner(code, name, domain_of(host), icp_of(portal) if portal is not None else "")


def site_code(reading: Reading) -> str:
    """The ten digits of 网站标识码, from the standard's meta tag or the footer; empty where there are none."""
    tag = reading.meta.get("siteidcode", "").strip()
    if re.fullmatch(r"\d{10}", tag):
        return tag
    shown = SITE_CODE.search(reading.visible)
    return shown[1] if shown else ""


def icp_of(reading: Reading) -> str:
    """The number of the ICP registration without the site's own suffix; empty where there is none."""
    shown = ICP.search(reading.visible)
    return "".join(shown[1].split()) if shown else ""


def bare(name: str) -> str:
    """A unit's name as departments carry it: 大理 of 大理白族自治州."""
    found = ADMINISTRATIVE.fullmatch(name)
    return found[1] if found else name


def merged(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each clue once, with its first page, in the order of the clues."""
    first: dict[Clue, Evidence] = {}
    for one in evidence:
        first.setdefault(one.clue, one)
    return tuple(first[clue] for clue in Clue if clue in first)
