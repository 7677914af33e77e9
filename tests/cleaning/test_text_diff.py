"""What changed between two texts: put together it is the old text or the new one, and it reads as people would say it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleaning.text_diff import Op, Piece, Step, sentences, text_diff

LETTERS = st.text(alphabet="市政府办事指南材料年月日。！？；，“”\n 12ab", max_size=80)


def put_together(steps: tuple[Step, ...], without: Op) -> str:
    return "".join(piece.text for step in steps for piece in step.pieces if piece.op is not without)


@given(LETTERS, LETTERS)
def test_it_is_a_way_from_one_text_to_the_other(before, after) -> None:
    """Without what was added it is the old text, without what was removed the new one: letters keep their order."""
    steps = text_diff(before, after)
    assert put_together(steps, Op.ADDED) == before
    assert put_together(steps, Op.REMOVED) == after


@given(LETTERS)
def test_sentences_are_the_text(text) -> None:
    """Nothing is lost at the cuts, and an equal text has no changes."""
    assert "".join(sentences(text)) == text
    assert {piece.op for step in text_diff(text, text) for piece in step.pieces} <= {Op.SAME}


def test_one_letter_is_shown_within_its_sentence() -> None:
    """The sentences around stay whole."""
    before = "市政府召开会议。会议由张明主持。各部门参加。"
    steps = text_diff(before, before.replace("张明", "张宏"))
    assert steps == (
        Step((Piece(Op.SAME, "市政府召开会议。"),)),
        Step(
            (
                Piece(Op.SAME, "会议由张"),
                Piece(Op.REMOVED, "明"),
                Piece(Op.ADDED, "宏"),
                Piece(Op.SAME, "主持。"),
            )
        ),
        Step((Piece(Op.SAME, "各部门参加。"),)),
    )


def test_another_sentence_is_not_cut_into_letters() -> None:
    """What does not resemble the old sentence is a new one, whole."""
    steps = text_diff("受理条件：年满十八周岁。", "办理地点在人民路一号政务大厅！")
    assert [[piece.op for piece in step.pieces] for step in steps] == [[Op.ADDED], [Op.REMOVED]]


def test_a_sentence_put_in_between_is_added_alone() -> None:
    """An inserted sentence leaves its neighbours unchanged."""
    steps = text_diff("甲部门负责。丙部门配合。", "甲部门负责。另行通知乙单位。丙部门配合。")
    assert [(piece.op, piece.text) for step in steps for piece in step.pieces] == [
        (Op.SAME, "甲部门负责。"), (Op.ADDED, "另行通知乙单位。"), (Op.SAME, "丙部门配合。"),
    ]  # fmt: skip
