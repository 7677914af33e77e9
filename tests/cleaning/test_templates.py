"""Made-up pages of many families of content systems: title, day, main text, type and verdict, frame by body."""

import pytest

from cleaning.read import read
from cleaning.verdict import judge
from tests.cleaning.templates.contents import BODIES, Body
from tests.cleaning.templates.frames import FRAMES, Frame, Piece
from tests.cleaning.templates.more_contents import MORE_BODIES
from tests.cleaning.templates.more_frames import MORE_FRAMES
from tests.cleaning.templates.pages import WHOLE

NEAR = 80  # characters from the ends of the main text, as the labelled pages are measured
# What is not read right, by name; whoever mends one takes it out.
OPEN = {
    ("broken title", "one line", "title"),  # two lines of two characters each
    ("broken title", "one line", "type"),
    ("day in address", "lines", "end"),  # nothing but addresses, and no info line
    ("day in address", "lines", "type"),
    ("day in address", "scan", "type"),  # two pictures
    ("weekday", "scan", "type"),
}


def _flat(text: str) -> str:
    return "".join(text.split())


def _misses(url: str, frame: Frame, body: Body) -> set[str]:
    year, month, day = body.date.split("-")
    page = read(
        frame(Piece(body.title, body.date, body.source, body.html)).encode(),
        url.format(year=year, month=month, day=day),
    )
    text = _flat(page.text)
    right = {
        "title": page.title == body.title,
        "date": page.published == body.date,
        "start": _flat(body.first) in text[: NEAR + 20],
        "end": _flat(body.last) in text[-NEAR - 20 :],
        "type": page.page_type in body.types,
        "kept": judge(page).verdict == "kept",
    }
    return {name for name, is_right in right.items() if not is_right}


@pytest.mark.parametrize(
    ("name", "bodies"),
    [*((name, BODIES) for name in FRAMES), *((name, MORE_BODIES) for name in MORE_FRAMES)],
)
def test_articles_of_a_family_are_read_whole(name: str, bodies: dict[str, Body]) -> None:
    """A long notice, one sentence, a guide, a table of powers, attachments alone, pictures, a film …: all in one frame."""
    url, frame = {**FRAMES, **MORE_FRAMES}[name]
    missed = {(name, body, what) for body, piece in bodies.items() for what in _misses(url, frame, piece)}
    assert missed == {one for one in OPEN if one[0] == name}


@pytest.mark.parametrize("name", WHOLE)
def test_a_page_that_is_no_article_is_what_it_is(name: str) -> None:
    """Columns, forms, services, data, errors: type, verdict, title, and what must stand in the main text."""
    whole = WHOLE[name]
    page = read(whole.html.encode(), whole.url)
    assert page.page_type in whole.types
    assert judge(page).verdict == whole.verdict
    assert not whole.title or page.title == whole.title
    assert whole.says in page.text
