"""Draws a command's output, read from standard input, as a picture of a terminal.

    { echo '$ caifeng demo'; COLUMNS=100 caifeng demo 2>&1; } | .venv/bin/python docs/images/draw.py > docs/images/demo.svg

Rich's own export gives Chinese characters the width of Latin ones; here every run of characters of one width stands at
its column and is as wide as its cells.  Fonts are the reader's own: the picture loads nothing from elsewhere.
"""

import sys
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from rich.cells import cell_len, chop_cells

COLUMNS = 132
CELL, LINE, EDGE = 8.4, 19, 14  # pixels
FONTS = "'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', 'Noto Sans CJK SC', 'Microsoft YaHei', Menlo, monospace"
COLOURS = {"$": "#ffffff", "▸": "#98c379", "接": "#61afef", "再": "#61afef"}  # by a line's first character
PLAIN = "#d0d0d0"


def pieces(line: str, y: int) -> Iterator[str]:
    """One text element per run of equally wide characters, blanks left out."""
    column = 0
    for kind, run in groupby(line, lambda one: 0 if one == " " else cell_len(one)):
        text = "".join(run)
        cells = cell_len(text)
        if kind:
            x, width = EDGE + column * CELL, cells * CELL
            yield f'<text x="{x:.1f}" y="{y}" textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
        column += cells


def picture(told: Iterable[str]) -> str:
    """The whole SVG."""
    lines = [(COLOURS.get(line[:1], PLAIN), part) for line in told for part in chop_cells(line, COLUMNS) or [""]]
    width, height = COLUMNS * CELL + 2 * EDGE, len(lines) * LINE + 2 * EDGE
    drawn = [
        f'<g fill="{colour}">{"".join(pieces(line, EDGE + number * LINE + 14))}</g>'
        for number, (colour, line) in enumerate(lines)
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" font-size="14" font-family="{FONTS}">'
    return "\n".join([head, '<rect width="100%" height="100%" rx="8" fill="#1e1e1e"/>', *drawn, "</svg>\n"])


if __name__ == "__main__":
    sys.stdout.write(picture(line.rstrip() for line in sys.stdin))
