"""OFD, the state's own page format (GB/T 33190): text runs of each page's content, lines by their height."""

import re
from typing import Final
from zipfile import ZipFile

from lxml import etree

from cleaning.documents.document import Document, made

_PAGE: Final = re.compile(r"Pages/Page_(\d+)/Content\.xml$")
MAX_PAGES: Final = 1_000


def read_ofd(opened: ZipFile) -> Document:
    """Text objects in the order of the pages; runs at one height are one line.  Raises what lxml raises."""
    names = sorted((int(found.group(1)), name) for name in opened.namelist() if (found := _PAGE.search(name)))
    lines: list[str] = []
    for _, name in names[:MAX_PAGES]:
        lines.extend(_lines(opened.read(name)))
    return made("ofd", lines, [], len(names))


def _lines(content: bytes) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    lines: list[str] = []
    height = ""
    for node in etree.fromstring(content, parser).iter("{*}TextObject"):
        text = "".join(code.text or "" for code in node.iter("{*}TextCode"))
        top = " ".join((node.get("Boundary") or "").split()[1:2])
        if lines and top == height:
            lines[-1] += text
        else:
            lines.append(text)
        height = top
    return lines
