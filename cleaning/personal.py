"""Personal data in published texts, masked before they leave the house: identity cards, telephones, bank cards, homes.

Government pages publish people's data by mistake and by duty (lists of recipients, of winners, of candidates).  What they
publish of themselves stays readable, because it is evidence: hotlines, office telephones, addresses of service halls.  So
a number is masked by its own structure (check digits, real dates, issued prefixes) or by the word before it, never by its
length alone.  Letters are replaced one for one: a masked text has the length of the text, and masking twice changes nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

STAR: Final = "*"


class Personal(StrEnum):
    """What is masked: closed."""

    IDENTITY = "identity"  # resident identity card, 18 digits (GB 11643-1999) or 15
    MOBILE = "mobile"
    TELEPHONE = "telephone"  # a person's landline
    BANK = "bank"  # a bank card
    ADDRESS = "address"  # a home


@dataclass(frozen=True, slots=True)
class Found:
    """One find: letters `start` to `end` of the text, of which those from `first` to `last` are masked."""

    kind: Personal
    start: int
    end: int
    first: int
    last: int


# Provinces of identity cards: the first two digits (GB/T 2260), and 81 to 83 of residents from Hong Kong, Macao, Taiwan.
_PROVINCES: Final = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, annex A
_CHECKS: Final = "10X98765432"
_CODE_BEFORE: Final = re.compile(
    r"(?:信用代码|机构代码|许可证号?|执照号?|注册号|税号|项目编号|招标编号|流水号|订单号)\W{0,4}$"
)

_IDENTITY: Final = re.compile(r"(?<![0-9A-Za-z])(?:[1-8]\d{16}[0-9Xx]|[1-8]\d{14})(?![0-9A-Za-z])")
_MOBILE: Final = re.compile(r"(?<![0-9A-Za-z.])(?:(?:\+|00)?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![0-9A-Za-z])")
_LANDLINE: Final = re.compile(r"(?<![0-9A-Za-z])(?:0\d{2,3}[- ]?)?[2-9]\d{6,7}(?![0-9A-Za-z])")
_OWN_LINE: Final = re.compile(
    r"(?:家庭|家里|住宅|宅|本人|个人|家长|监护人|户主)(?:联系)?(?:固定)?(?:电话|座机|固话|电)(?:号码)?\W{0,4}$"
)
_BANK: Final = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){14,18}(?![0-9A-Za-z])")
_BANK_BEFORE: Final = re.compile(
    r"(?:银行卡|借记卡|储蓄卡|社保卡|一卡通|工资卡|个人账户|个人帐户)\D{0,10}$|(?:卡号|(?:个人|银行)[账帐]号)\W{0,4}$"
)
_PUBLIC_BEFORE: Final = re.compile(r"(?:对公|单位|财政|专用|国库|基本|代收|缴款)[账帐]?户?\D{0,12}$")
_ISSUED: Final = ("62", "60", "4", "51", "52", "53", "54", "55", "35")  # of bank cards: UnionPay, Visa, Mastercard, JCB

_HOME_WORD: Final = re.compile(
    r"(?:家庭(?:详细)?[住地]址|现?住址|现住地|常住地址|户籍(?:所在)?地(?:址)?|户口所在地|居住地(?:址)?|收货地址|家住)\W{0,3}"
    r"([^\s,，;；。|、]{6,60})"
)
_ROOM: Final = re.compile(
    r"(?:小区|公寓|花园|家园|新村|苑|家属院|宿舍|里弄|住宅楼)[^\s,，;；。、]{0,12}?"
    r"((?:\d+|[一二三四五六七八九十]+)(?:栋|幢|座|号楼|号|弄)[^\s,，;；。、]{0,8}?\d+(?:单元)?[-－]?\d*(?:室|户|号)?)"
)
_OFFICE_BEFORE: Final = re.compile(
    r"(?:办公|办理|受理|服务|窗口|单位|机构|公司|居委会|社区居民委员会)(?:地[址点])\W{0,3}\S{0,30}$"
)
_ROOM_KEPT: Final = 6  # letters of a home that stay: its province or city


def masked(text: str) -> str:
    """The text with personal data replaced by stars, letter for letter."""
    found = list(finds(text))
    if not found:
        return text
    letters = list(text)
    for one in found:
        letters[one.first : one.last] = STAR * (one.last - one.first)
    return "".join(letters)


def finds(text: str) -> Iterator[Found]:
    """What would be masked, in order; a piece belongs to the first kind that claims it."""
    if not _worth_a_look(text):
        return
    every = [*_identities(text), *_mobiles(text), *_banks(text), *_landlines(text), *_homes(text)]
    end = 0
    for one in sorted(every, key=lambda found: (found.start, list(Personal).index(found.kind))):
        if one.start >= end:
            yield one
            end = one.end


def _worth_a_look(text: str) -> bool:
    """Nothing is found without a digit or a home; most snippets have neither."""
    return any(map(str.isdigit, text)) or "住" in text or "户" in text


def _identities(text: str) -> Iterator[Found]:
    for match in _IDENTITY.finditer(text):
        number = match.group()
        if _is_identity(number) and not _CODE_BEFORE.search(text, max(0, match.start() - 16), match.start()):
            yield Found(Personal.IDENTITY, match.start(), match.end(), match.start() + 3, match.end() - 2)


def _is_identity(number: str) -> bool:
    if number[:2] not in _PROVINCES:
        return False
    if len(number) == 15:
        return _is_date("19" + number[6:12])
    check = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECKS[check % 11] == number[17].upper() and _is_date(number[6:14])


def _is_date(digits: str) -> bool:
    try:
        return 1880 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2100
    except ValueError:
        return False


def _mobiles(text: str) -> Iterator[Found]:
    for match in _MOBILE.finditer(text):
        start, end = match.span(1)
        yield Found(Personal.MOBILE, match.start(), end, start + 3, end - 4)


def _banks(text: str) -> Iterator[Found]:
    for match in _BANK.finditer(text):
        digits = re.sub(r"[ -]", "", match.group())
        before = max(0, match.start() - 16)
        if _PUBLIC_BEFORE.search(text, before, match.start()) or _CODE_BEFORE.search(text, before, match.start()):
            continue
        told = bool(_BANK_BEFORE.search(text, before, match.start()))
        issued = len(digits) in {16, 17, 18, 19} and digits.startswith(_ISSUED) and _luhn(digits)
        if told or (issued and not _is_identity_like(digits)):
            yield Found(Personal.BANK, match.start(), match.end(), match.start() + 4, match.end() - 4)


def _is_identity_like(digits: str) -> bool:
    """A number of 18 digits that reads as an identity card with a wrong check digit is a misprint of one, or a project's."""
    return len(digits) == 18 and digits[:2] in _PROVINCES and _is_date(digits[6:14])


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _landlines(text: str) -> Iterator[Found]:
    for match in _LANDLINE.finditer(text):
        if _OWN_LINE.search(text, max(0, match.start() - 16), match.start()):
            yield Found(Personal.TELEPHONE, match.start(), match.end(), match.end() - 6, match.end() - 2)


def _homes(text: str) -> Iterator[Found]:
    for match in _HOME_WORD.finditer(text):
        start, end = match.span(1)
        yield Found(Personal.ADDRESS, match.start(), end, start + _ROOM_KEPT, end)
    for match in _ROOM.finditer(text):
        if not _OFFICE_BEFORE.search(text, max(0, match.start() - 48), match.start()):
            yield Found(Personal.ADDRESS, match.start(), match.end(), *match.span(1))
