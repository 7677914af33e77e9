"""What a host name says: which site it belongs to, whether it is an official one, whether honest pages link to it."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

# Second levels of .cn under which names are registered (CNNIC; the provinces' two letters included).
_SECOND_LEVELS: Final = frozenset(
    [
        "gov",
        "com",
        "org",
        "net",
        "edu",
        "ac",
        "mil",
        "bj",
        "sh",
        "tj",
        "cq",
        "he",
        "sx",
        "nm",
        "ln",
        "jl",
        "hl",
        "js",
        "zj",
        "ah",
        "fj",
        "jx",
        "sd",
        "ha",
        "hb",
        "hn",
        "gd",
        "gx",
        "hi",
        "sc",
        "gz",
        "yn",
        "xz",
        "sn",
        "gs",
        "qh",
        "nx",
        "xj",
    ],
)


@dataclass(frozen=True, slots=True)
class HostRules:
    """The lists of rules/hosts.toml."""

    official: tuple[str, ...]
    public: tuple[str, ...]
    benign: tuple[str, ...]


@lru_cache(maxsize=1)
def rules() -> HostRules:
    """The host lists, read once."""
    table = tomllib.loads(files("cleaning").joinpath("rules/hosts.toml").read_text("utf-8"))
    return HostRules(*(tuple(table[name]) for name in ("official", "public", "benign")))


@lru_cache(maxsize=8192)
def host_of(url: str) -> str:
    """Lower-cased host without `www.` and port; "" for relative, broken or other URLs."""
    try:
        host = (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""
    return host.removeprefix("www.")


@lru_cache(maxsize=8192)
def site_of(host: str) -> str:
    """The registered name a host stands under; government names keep the level that tells one government from another."""
    labels = host.split(".")
    if labels[-1].isdigit() or len(labels) <= 2:
        return host
    keep = 3 if labels[-1] == "cn" and labels[-2] in _SECOND_LEVELS else 2
    return ".".join(labels[-keep:])


@lru_cache(maxsize=8192)
def is_official(host: str) -> bool:
    """A government, Party, court or people's congress host by its suffix."""
    return _ends(host, rules().official)


@lru_cache(maxsize=8192)
def is_public(host: str) -> bool:
    """A public institution's host by its suffix: school, research body, military."""
    return _ends(host, rules().public)


@lru_cache(maxsize=8192)
def is_benign(host: str) -> bool:
    """A host that honest government pages link to: official, public, news, shares, maps, registration badges."""
    return is_official(host) or is_public(host) or _ends(host, rules().benign)


def _ends(host: str, suffixes: tuple[str, ...]) -> bool:
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in suffixes)
