"""Which page a request means whose body says it: steps of an ASP.NET form, and the parameters of a data proxy."""

import re
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from rehearsal.addresses import PAGER, PROXY, posted, proxied
from rehearsal.kinds.lists import state
from rehearsal.plan import Host, World

STEP: Final = "&__EVENTTARGET="


def named(world: World, host: Host, target: str, sent: bytes) -> str:
    """The target under which the page is known; '' where there is none: a step without its view state.

    A step that is only spelled in the address is none: the server shows the first page.
    """
    fields = dict(parse_qsl(sent.decode("utf-8", "replace")))
    if host.family == "jcms" and target.startswith(PROXY):
        return _proxied(host, dict(parse_qsl(urlsplit(target).query)) | fields) or target
    if host.family != "asp" or not target.startswith("/list.aspx"):
        return target
    bare = target.partition(STEP)[0]
    if not sent:
        return bare
    column = re.fullmatch(r"/list\.aspx\?cid=(\d+)", bare)
    number = int(column[1]) - 1 if column else -1
    if not 0 <= number < len(host.columns) or fields.get("__VIEWSTATE") != state(world, host, number):
        return ""
    argument = fields.get("__EVENTARGUMENT", "")
    return bare if fields.get("__EVENTTARGET") != PAGER or argument == "1" else bare + posted(argument)


def _proxied(host: Host, fields: dict[str, str]) -> str:
    """The address of the group these parameters ask for, however they were sent; '' where they ask for none."""
    try:
        column, first = int(fields["columnid"]) - 1000, int(fields["startrecord"]) - 1
        return proxied(host, column, first // host.columns[column].rows)
    except (KeyError, ValueError, IndexError):
        return ""
