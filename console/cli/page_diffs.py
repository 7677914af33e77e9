"""What changed between two captures of a page, for people and as JSON: bytes, structure, scripts and forms, text."""

from collections.abc import Sequence
from typing import Final

from rich.text import Text

from cleaning.personal import masked
from cleaning.text_diff import Op, Piece, Step
from console.cli import render
from pipelines.store.connect import Document
from rounds.page_diff import Listed, PageDiff, document, page_diff

AROUND: Final = 60  # letters shown on either side of a change
LISTED: Final = 20  # lines of one list shown
MARKS: Final = {Op.REMOVED: ("【-", "-】", "red strike"), Op.ADDED: ("【+", "+】", "green")}


def tell(before: Document, after: Document, *, as_json: bool) -> None:
    """Compare two stored records of a page.  Raises what reading the archive raises."""
    found = page_diff(before, after)
    if as_json:
        render.document(document(found))
    else:
        _show(found)


def _show(found: PageDiff) -> None:
    render.say(f"{found.key}：{found.rounds[0]} → {found.rounds[1]}")
    if found.bytes.first < 0:
        render.say(f"字节：完全相同（{render.size(found.bytes.sizes[0])}）")
    else:
        sizes = " → ".join(f"{one:,}" for one in found.bytes.sizes)
        span = " → ".join(f"{one:,}" for one in found.bytes.span)
        render.say(f"字节：{sizes}，从第 {found.bytes.first:,} 字节起不同，不同的一段 {span} 字节")
    _show_listed("结构（渲染后）" if found.drawn else "结构", found.elements)
    _show_listed("脚本", found.scripts)
    _show_listed("表单", found.forms)
    if not found.whole:
        render.warn("页面太长，只比较了存下的部分")
    if all(piece.op is Op.SAME for step in found.text for piece in step.pieces):
        render.say("正文：相同")
        return
    render.say("正文：")
    for line in text_lines(masked_steps(found.text)):
        render.out().print(line, soft_wrap=True)


def _show_listed(name: str, part: Listed) -> None:
    if not part.removed and not part.added:
        render.say(f"{name}：相同")
        return
    render.say(f"{name}：少了 {len(part.removed)} 处，多了 {len(part.added)} 处")
    for sign, lines in (("-", part.removed), ("+", part.added)):
        for line in lines[:LISTED]:
            render.say(f"  {sign} {line}")
        if len(lines) > LISTED:
            render.say(f"  {sign} ……另有 {len(lines) - LISTED} 处")


def masked_steps(steps: Sequence[Step]) -> list[Step]:
    """The same steps, personal data masked in whole sentences, so that a number edited in its middle is masked as well."""
    made = []
    for step in steps:
        sides = {
            op: iter(masked("".join(piece.text for piece in step.pieces if piece.op is not op)))
            for op in (Op.ADDED, Op.REMOVED)
        }
        pieces = []
        for piece in step.pieces:
            # without what was added it is the old sentence, without what was removed the new one
            old = [next(sides[Op.ADDED]) for _ in piece.text] if piece.op is not Op.ADDED else []
            new = [next(sides[Op.REMOVED]) for _ in piece.text] if piece.op is not Op.REMOVED else []
            pieces.append(Piece(piece.op, "".join(new or old)))
        made.append(Step(tuple(pieces)))
    return made


def text_lines(steps: Sequence[Step]) -> list[Text]:
    """The changed sentences, each with what is removed and added marked, and a little of what stands around them."""
    lines: list[Text] = []
    for number, step in enumerate(steps):
        line = Text()
        same = all(piece.op is Op.SAME for piece in step.pieces)
        if same:
            whole = "".join(piece.text for piece in step.pieces)
            line.append(_around(whole, first=number == 0, last=number == len(steps) - 1), style="dim")
        else:
            for piece in step.pieces:
                before, after, style = MARKS.get(piece.op, ("", "", ""))
                line.append(f"{before}{piece.text}{after}", style=style)
        if line.plain.strip():
            lines.append(line)
    return lines


def _around(text: str, *, first: bool, last: bool) -> str:
    """The ends of an unchanged run that stand beside a change."""
    if len(text) <= 2 * AROUND:
        return text
    head = "" if first else text[:AROUND]
    tail = "" if last else text[-AROUND:]
    return f"{head}……{tail}"
