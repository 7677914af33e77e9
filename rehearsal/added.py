"""How many pages a later edition of a host has that the first had not, and where they stand."""

from typing import Final

from rehearsal.chance import number
from rehearsal.plan import Host, World

MOST: Final = 4
"""New pages of a host in one edition."""


def added_pages(world: World, host: Host) -> int:
    """Pages that only this edition of the host has, numbered from 0; a platform has none."""
    if world.edition == 1 or host.role == "platform":
        return 0
    return number(world.seed, "added", world.edition, host.site) % (MOST + 1)


def added_path(number_of_page: int, edition: int) -> str:
    """The address of a new page on its host."""
    return f"/xinzeng/{edition}-{number_of_page}.html"
