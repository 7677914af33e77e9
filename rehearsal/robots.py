"""robots.txt of each host."""

from typing import Final

from rehearsal.plan import Host

BARRED: Final = "/oa/"


def robots_of(host: Host) -> bytes | None:
    """The file, or None where the host has none."""
    if host.robots == "none":
        return None
    lines = ["User-agent: *", f"Disallow: {BARRED}", "Disallow: /search"]
    if host.robots == "delay":
        lines.append("Crawl-delay: 0.2")
    return ("\n".join(lines) + "\n").encode()
