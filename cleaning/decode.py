"""Bytes to text: what the charset really is, from BOM, header, meta tag and, above these, the bytes themselves.

Chinese government pages declare their charset wrongly often enough that a declaration only decides between readings
that the bytes allow.  No statistical library: two strict decodings settle nearly every page, and a count of the
commonest Chinese characters over a bounded sample settles the rest.
"""

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaning.points import PLANE, low_of, points_of

HEAD: Final = 16_384  # bytes searched for a meta charset; sites put comments and style sheets before it
SAMPLE: Final = 131_072  # bytes judged where strict decoding fails
ASCII_HEAD: Final = 16  # bytes of plain ASCII that no text in UTF-16 begins with
MAX_PIECES: Final = 20_000  # of a line that neither charset can read
MAX_LINES: Final = 200_000  # a half-broken page with more lines is decoded as a whole
HEADER_CHARSET: Final = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
META_CHARSET: Final = re.compile(
    rb"<meta\b[^>]{0,300}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE
)
XML_CHARSET: Final = re.compile(
    rb"^\s{0,20}<\?xml[^>]{0,200}?encoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE
)
LONG_SEQUENCE: Final = re.compile("[\u0800-\U0010ffff]")  # what takes three bytes or more in UTF-8
HAN_PAIR: Final = re.compile("[\u4e00-\u9fff]{2}")

UTF8_NAMES: Final = frozenset({"utf-8", "utf8", "unicode-1-1-utf-8", "utf_8"})
GB_NAMES: Final = frozenset(
    {"gb2312", "gbk", "gb18030", "gb_2312-80", "gb_2312", "x-gbk", "chinese", "csgb2312", "euc-cn", "cp936", "ms936"}
)
BIG5_NAMES: Final = frozenset({"big5", "big5-hkscs", "cn-big5", "x-x-big5", "cp950"})
# Python's names for charsets that a foreign page may declare; a declared name outside is not believed.
OTHERS: Final = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "us-ascii": "cp1252",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "windows-1251": "cp1251",
    "koi8-r": "koi8_r",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The commonest characters of written Chinese, simplified and traditional, with those of office language added: in a
# page read by the wrong charset they are as rare as any others.
COMMON: Final = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形"
    "相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展"
    "五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战"
    "先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白"
    "教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且"
    "市县省局委办府县服站网页首务公告通知栏目下载附件来源浏览"
    "個國來時們會說為對過發還這種後應開關實現點產業學務無問題體當經動從將總統領導與處辦頁網縣區"
)
# Letters of alphabets and syllables, in which GBK and Big5 hold a few characters.
LATIN: Final = ((0xC0, 0x52F), (0x3040, 0x30FF), (0xAC00, 0xD7A3))
_COMMON, _LATIN, _ERROR, _REST = range(1, 5)


@dataclass(frozen=True, slots=True)
class Decoded:
    """`charset` is what the bytes are (utf-8, gb18030, big5, utf-16-le …), `declared` what the page says ("" if mute).

    `utf8`: the text as bytes in UTF-8, where the body is that already.
    """

    text: str
    charset: str
    declared: str
    utf8: bytes | None = None


def decode(body: bytes, content_type: str) -> Decoded:
    """Text of `body`.  Never raises; linear in its length.

    Order: BOM; NULs in every second byte (UTF-16); strict UTF-8; the declared charset or GB18030 where the bytes fit;
    else the better of UTF-8, GB18030 and the declared one by common characters, line by line, so that a page pasted
    together from two charsets comes out whole, and within a line tag by tag.  gb2312 and gbk are read as gb18030, their superset.
    """
    declared = declared_charset(body, content_type)
    for bom, name in BOMS:
        if body.startswith(bom):
            body = body[len(bom) :]
            if (text := _marked(body, name)) is not None:
                return Decoded(text, name, declared)
            break
    if body.isascii() and b"\0" not in body[:64]:
        return Decoded(body.decode("ascii"), "utf-8", declared, body)
    if wide := _wide(body[:64]):
        return Decoded(body.decode(wide, "replace"), wide, declared)
    text = _strict(body, "utf-8")
    if text is not None and not (_family(declared) == "gb18030" and _is_accident(text, body)):
        return Decoded(text, "utf-8", declared, body)
    return _legacy(body, declared)


def _marked(body: bytes, name: str) -> str | None:
    """The text behind a byte order mark; None where the mark lies: plain ASCII behind that of UTF-16, GBK behind UTF-8's."""
    if name != "utf-8":
        plain = len(body) >= ASCII_HEAD and body[:ASCII_HEAD].isascii() and b"\0" not in body[:ASCII_HEAD]
        return None if plain else body.decode(name, "replace")
    text = _strict(body, name)
    if text is None and _score(body[:SAMPLE], "gb18030") <= _score(body[:SAMPLE], name):
        text = body.decode(name, "replace")
    return text


def declared_charset(body: bytes, content_type: str) -> str:
    """The charset the page's meta tag (or XML declaration) names, else its Content-Type; lower case, "" if none does."""
    head = body[:HEAD]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.replace(b"\0", b"")
    found = META_CHARSET.search(head) or XML_CHARSET.match(head)
    if found:
        return found[1].decode("ascii").lower()
    header = HEADER_CHARSET.search(content_type[:500])
    return header[1].lower() if header else ""


def _family(name: str) -> str:
    """Python's codec for a declared name, "" for one that is not believed."""
    if name in GB_NAMES:
        return "gb18030"
    if name in UTF8_NAMES:
        return "utf-8"
    return "big5" if name in BIG5_NAMES else OTHERS.get(name, "")


def _codec(name: str) -> str:
    return "big5hkscs" if name == "big5" else name


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(_codec(name))
    except UnicodeDecodeError:
        return None


def _wide(head: bytes) -> str:
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > half * 0.4 and even * 4 < odd:  # U+5F00 开 has a NUL too
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd * 4 < even else ""


def _is_accident(text: str, body: bytes) -> bool:
    """A few GBK characters may happen to be valid UTF-8 of two bytes each (the 联通 case)."""
    if LONG_SEQUENCE.search(text):
        return False
    other = _strict(body, "gb18030")
    return other is not None and HAN_PAIR.search(other) is not None


def _legacy(body: bytes, declared: str) -> Decoded:
    """Not valid UTF-8 (or only by accident)."""
    family = _family(declared)
    sample = body[:SAMPLE]
    names = list(dict.fromkeys([family or "gb18030", "gb18030", "big5", "utf-8"]))
    scores = {name: _score(sample, name) for name in names if name not in {"utf-16", "utf-16-le", "utf-16-be"}}
    if family in scores:
        scores[family] += 0.02  # between near equals the page's own word counts
    best = max(scores, key=scores.__getitem__)
    if best not in {"utf-8", "gb18030"}:
        return Decoded(body.decode(_codec(best), "replace"), best, declared)
    text = _strict(body, best)
    return Decoded(text if text is not None else _mended(body, best), best, declared)


def _score(sample: bytes, name: str) -> float:
    """Share of common Chinese characters less the share of errors, among what is not ASCII; Latin letters weigh little."""
    kinds = _kinds().take(low_of(points_of(sample.decode(_codec(name), "replace"))))
    _, *counts = np.bincount(kinds, minlength=_REST + 1).tolist()
    common, latin, errors, _ = counts
    return (common + 0.15 * latin - errors) / sum(counts) if any(counts) else 0.0


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.uint8]:
    """What each character of the basic plane counts as, 0 for ASCII; those beyond are like the last one."""
    kinds = np.full(PLANE, _REST, dtype=np.uint8)
    kinds[:0x80] = 0
    for first, last in LATIN:
        kinds[first : last + 1] = _LATIN
    kinds[[ord(character) for character in COMMON]] = _COMMON
    kinds[0xFFFD] = _ERROR
    return kinds


def _mended(body: bytes, main: str) -> str:
    """Line by line: the page's own charset, the other one for whole lines that only it can read, else replacement."""
    other = "utf-8" if main == "gb18030" else "gb18030"
    if body.count(b"\n") > MAX_LINES:
        return body.decode(main, "replace")
    out: list[str] = []
    for line in body.split(b"\n"):
        text = _either(line, main, other)
        if text is None:
            # ">" is no part of a character in either, so a line may be parted behind it
            pieces = [piece + b">" for piece in line.split(b">", MAX_PIECES)]
            pieces[-1] = pieces[-1][:-1]
            text = "".join(_either(piece, main, other) or piece.decode(main, "replace") for piece in pieces)
        out.append(text)
    return "\n".join(out)


def _either(piece: bytes, main: str, other: str) -> str | None:
    """A piece by UTF-8 where that gives Chinese, which GBK does by accident only; else by the page's own charset, else by the other."""
    if piece.isascii():
        return piece.decode("ascii")
    text = _strict(piece, "utf-8")
    if text is not None and (main == "utf-8" or HAN_PAIR.search(text)):
        return text
    if (text := _strict(piece, main)) is None:
        text = _strict(piece, other)
        if text is not None and not HAN_PAIR.search(text):
            return None
    return text
