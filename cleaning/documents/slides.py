"""PowerPoint since 2007: paragraphs and table rows of each slide, in the order of the show, over lxml."""

import posixpath
from collections.abc import Iterator
from typing import Final
from zipfile import ZipFile

from lxml import etree

from cleaning.documents.document import Document, Table, made, table_of

MAX_SLIDES: Final = 1_000
_SHOW: Final = "ppt/presentation.xml"
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def read_pptx(opened: ZipFile) -> Document:
    """The slides' own text, without notes and masters.  Raises what lxml raises, KeyError for a part that is missing."""
    lines: list[str] = []
    tables: list[Table] = []
    slides = _slides(opened)[:MAX_SLIDES]
    for name in slides:
        for shape in _parsed(opened.read(name)).iter(f"{_DRAWING}tbl", "{*}txBody"):
            if shape.tag == f"{_DRAWING}tbl":
                rows = [
                    [" ".join(_paragraphs(cell)) for cell in row.iter(f"{_DRAWING}tc")]
                    for row in shape.iter(f"{_DRAWING}tr")
                ]
                lines.extend(" ".join(row) for row in rows)
                if found := table_of(rows):
                    tables.append(found)
            elif shape.getparent().tag != f"{_DRAWING}tc":
                lines.extend(_paragraphs(shape))
    return made("pptx", lines, tables, len(slides))


def _slides(opened: ZipFile) -> list[str]:
    """The parts that are slides, as the show goes through them."""
    names = {
        one.get("Id"): posixpath.normpath(posixpath.join("ppt", one.get("Target") or ""))
        for one in _parsed(opened.read("ppt/_rels/presentation.xml.rels")).iter("{*}Relationship")
    }
    shown = (names.get(one.get(_RELATION)) for one in _parsed(opened.read(_SHOW)).iter("{*}sldId"))
    return [name.lstrip("/").removeprefix("ppt/../") for name in shown if name]


def _paragraphs(shape: etree._Element) -> Iterator[str]:
    for paragraph in shape.iter(f"{_DRAWING}p"):
        runs = paragraph.iter(f"{_DRAWING}t", f"{_DRAWING}br")
        yield "".join((run.text or "") if run.tag == f"{_DRAWING}t" else " " for run in runs)


def _parsed(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
