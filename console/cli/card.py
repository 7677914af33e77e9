"""A page's record as a card for people: what was had, how, what it was judged to be, where its bytes are."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from rich.table import Table

from cleaning.personal import masked
from console.cli import explaining, render, words
from console.cli.causes import cause
from indicators import catalogue, wording
from pipelines.store.records import tries

Record = Mapping[str, Any]


def show_card(record: Record) -> None:
    """Print the record of one URL in one round, its reasons, what its owner should know, and its points."""
    for table in tables(record):
        render.show(table)


def tables(record: Record) -> Iterable[Table]:
    """Yield the card's tables; those with nothing in them are left out."""
    title = f"轮次 {record['round']}：{words.ENDS.get(record['end'], record['end'])}"
    yield render.table(title, ("项目", "内容"), card(record))
    if record.get("reasons"):
        yield render.table("判定的理由", ("理由", "位置", "说明"), _reasons(record["reasons"]))
    if record.get("findings"):
        yield render.table("应告诉站长的", ("问题", "位置", "说明"), _reasons(record["findings"]))
    if record.get("tags"):
        columns = ("代码", "名称", "强度", "把握", "位置", "原文")
        yield render.table(f"点位（{len(record['tags'])}）", columns, _tags(record["tags"]), numbers=("把握",))


def card(record: Record) -> list[tuple[str, str]]:
    """The lines of the card, name and text; what the record does not hold is left out."""
    lines = ((name, shown(record)) for name, shown in LINES)
    return [(name, text) for name, text in lines if text]


def _text(field: str) -> Callable[[Record], str]:
    return lambda record: str(record.get(field) or "")


def _word(field: str, table: Mapping[str, str]) -> Callable[[Record], str]:
    return lambda record: table.get(record.get(field, ""), str(record.get(field) or ""))


def _list(field: str) -> Callable[[Record], str]:
    return lambda record: "、".join(str(one) for one in record.get(field) or ())


def _spelling(record: Record) -> str:
    return record["key"] if record["key"] != record.get("url") else ""


def _when(record: Record) -> str:
    """The time, and on which clock."""
    at = record.get("fetched_at") or record.get("at")
    return f"{render.moment(at)}（{render.CLOCK}）" if isinstance(at, datetime) else ""


def _depth(record: Record) -> str:
    depth = record.get("depth")
    if depth is None:
        return ""
    return f"{depth}（从入口最少点击 {depth} 次）" if depth else "0（就是入口）"


def _why(record: Record) -> str:
    """Why a URL was not stored; empty for a page."""
    code = record.get("reason", "")
    word = words.with_code({**words.FAILURES, **words.SKIPS}, code)
    return f"{word}：{cause(record['detail'])}" if code and record.get("detail") else word


def _status(record: Record) -> str:
    return f"HTTP {record['status']}" if record.get("status") else ""


def _sizes(record: Record) -> str:
    if not record.get("bytes"):
        return ""
    return f"{render.size(record['bytes'])}（传输 {render.size(record['wire_bytes'])}）"


def _kind(record: Record) -> str:
    """The kind of page; for what is no HTML, the kind of file."""
    media = record.get("media", "")
    kind, page_type = words.MEDIA.get(media, media), record.get("page_type", "")
    shown = record.get("attachment") or wording.PAGE_TYPES.get(page_type, page_type)
    return f"{kind} · {shown}" if shown and shown != kind else kind


def _encoding(record: Record) -> str:
    used, declared = record.get("charset", ""), record.get("declared_charset", "")
    return f"{used}（网页自称 {declared}）" if used and declared and declared != used else used


def _text_length(record: Record) -> str:
    length, note = record.get("text_length"), record.get("note", "")
    if not length:
        return words.NOTES.get(note, note)
    remark = "只存了开头" if record.get("text_cut") else words.NOTES.get(note, note)
    return f"{length:,} 字{f'（{remark}）' if remark else ''}"


def _duplicate(record: Record) -> str:
    return f"与 {record['duplicate_of']} 重复" if record.get("duplicate_of") else ""


def _unchanged(record: Record) -> str:
    """Since when, and how that is known."""
    found = record.get("unchanged")
    return (
        f"自轮次 {found['round']}（{render.CLOCK} {render.moment(found['since'])}）起，{words.HOWS[found['how']]}"
        if found
        else ""
    )


def _archive(field: str) -> Callable[[Record], str]:
    def shown(record: Record) -> str:
        ref = record.get(field)
        if not ref and field == "archive" and record.get("pruned"):
            return f"{render.CLOCK} {render.moment(record['pruned']['at'])} 清理掉了（caifeng prune）"
        return f"{ref['uri']}，从第 {ref['offset']:,} 字节起 {ref['length']:,} 字节" if ref else ""

    return shown


LINES: Final[tuple[tuple[str, Callable[[Record], str]], ...]] = (
    ("网址", _text("url")),
    ("规范写法", _spelling),
    ("标题", lambda record: masked(record.get("title") or "")),
    ("网站", _text("site_title")),
    ("单位", _list("units")),
    ("原因", _why),
    ("判定", _word("verdict", render.VERDICTS)),
    ("重复", _duplicate),
    ("别的单位也有", _list("same_as")),
    ("同一模板", _text("family")),
    ("深度", _depth),
    ("采集时间", _when),
    ("采集方式", _word("via", words.VIAS)),
    ("状态", _status),
    ("尝试", lambda record: f"{tries(record)} 次" if "attempts" in record else ""),
    ("服务器", _text("address")),
    ("种类", _kind),
    ("编码", _encoding),
    ("大小", _sizes),
    ("栏目", lambda record: " › ".join(record.get("column_path") or ())),
    ("发布日期", _text("published")),
    ("来源", _text("source")),
    ("正文", _text_length),
    ("没有变化", _unchanged),
    ("存档", _archive("archive")),
    ("渲染后的存档", _archive("dom_archive")),
    ("内容指纹", _text("sha256")),
)


def _reasons(reasons: Iterable[Record]) -> Iterable[tuple[str, str, str]]:
    return (explaining.row(one["code"], one["where"], one["detail"]) for one in reasons)


def _tags(tags: Iterable[Record]) -> Iterable[tuple[str, ...]]:
    points = catalogue.load().points
    for one in tags:
        point = points.get(one["code"])  # an older round's point may have left the catalogue
        yield (
            one["code"],
            point.name if point else "（目录里已没有）",
            words.STRENGTHS.get(one["strength"], one["strength"]),
            f"{one['confidence']:.2f}",
            words.PLACES.get(one["zone"], one["zone"]),
            masked(one["snippet"]),
        )
