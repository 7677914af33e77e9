"""Which unit a URL belongs to, by the plan's typed rules.  Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import Final
from urllib.parse import parse_qsl

from crawler.frontier.ids import split_key
from crawler.plan import RoundPlan, RuleKind, ScopeRule

KNOWN_HOSTS: Final = 10_000  # whose units are remembered: links name the same few hosts again and again


class Scope:
    """Answers for canonical keys.  A URL no unit claims is out of scope."""

    def __init__(self, plan: RoundPlan) -> None:
        self._exact: dict[str, list[tuple[ScopeRule, str]]] = defaultdict(list)
        self._suffix: dict[str, list[str]] = defaultdict(list)
        self._of_host: dict[str, tuple[str, ...]] = {}
        self._place = {unit.code: at for at, unit in enumerate(plan.units)}
        for unit in plan.units:
            for rule in unit.scope:
                if rule.kind is RuleKind.SUFFIX:
                    self._suffix[rule.host].append(unit.code)
                else:
                    self._exact[rule.host].append((rule, unit.code))

    def units_of(self, key: str) -> tuple[str, ...]:
        """Codes of the units that claim `key`, in the plan's order, each once."""
        host, path = split_key(key)
        known = self._of_host.get(host)
        if known is None:
            known = self._units_of(host, path)
            if all(rule.kind is RuleKind.HOST for rule, _ in self._exact.get(host, ())):  # whatever the path
                if len(self._of_host) >= KNOWN_HOSTS:
                    self._of_host.clear()
                self._of_host[host] = known
        return known

    def _units_of(self, host: str, path: str) -> tuple[str, ...]:
        codes = [code for rule, code in self._exact.get(host, ()) if _holds(rule, path)]
        name = host
        while name:
            codes += self._suffix.get(name, ())
            _, _, name = name.partition(".")
        return tuple(sorted(set(codes), key=self._place.__getitem__)) if len(codes) > 1 else tuple(codes)

    def claims_host(self, host: str) -> bool:
        """Whether any rule could claim a URL of this canonical host (for what a browser may load)."""
        if host in self._exact:
            return True
        name = host
        while name:
            if name in self._suffix:
                return True
            _, _, name = name.partition(".")
        return False


def _holds(rule: ScopeRule, path: str) -> bool:
    if rule.kind is RuleKind.HOST:
        return True
    if rule.kind is RuleKind.PATH:
        return path.startswith(rule.value)
    bare, _, query = path.partition("?")
    named = f'"{rule.value}"'  # in a query that is a body of JSON, see cleaning.posted
    return rule.value in bare.split("/") or any(value == rule.value or named in value for _, value in parse_qsl(query))
