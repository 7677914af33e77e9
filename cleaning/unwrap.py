"""Scripts with their disguises undone, without running them: strings joined, decoded and put where they are used.

Injected scripts hide their targets from whoever looks through the page: `'htt'+'p://'`, `unescape`, `atob`, character
codes, `window['loc'+'ation']`, `eval` of a decoded string.  Each is undone by looking alone, at most a few times over,
on a bounded text; what is not understood stays as it is.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from cleaning.memory import remembered

MAX_CODE: Final = 200_000  # characters of a script that is looked into
MAX_SHORT: Final = 16_000  # characters of a script whose answer is remembered
_ROUNDS: Final = 4  # times that a disguise may stand in another
_SIGNS: Final = ("unescape", "fromCharCode", "atob", "decodeURI", "\\x", "\\u", "'+'", '"+"', "' + '", '" + "', "eval")
_LITERAL: Final = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(?:u\{?([0-9a-fA-F]{4,5})\}?|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_PLAIN: Final = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "", "f": "", "v": "", "\n": ""}
_HELD: Final = "\x00(\\d+)\x00"
_ONE: Final = re.compile(_HELD)
_SUM: Final = re.compile("\x00\\d+\x00(?:\\s{0,9}\\+\\s{0,9}\x00\\d+\x00)+")
_BRACKETED: Final = re.compile(f"(?<![\\w$])\\(\\s{{0,9}}{_HELD}\\s{{0,9}}\\)")
_CALL: Final = re.compile(
    f"(?:window\\s{{0,3}}\\.\\s{{0,3}})?\\b(unescape|decodeURIComponent|decodeURI|escape|atob)\\s{{0,3}}\\(\\s{{0,9}}{_HELD}\\s{{0,9}}\\)"
)
_CODES: Final = re.compile(r"String\s{0,3}\.\s{0,3}fromCharCode\s{0,3}\(([0-9a-fA-FxX,\s]{1,100000})\)")
_REVERSED: Final = re.compile(f"{_HELD}\\.split\\(\x00\\d+\x00\\)\\.reverse\\(\\)\\.join\\(\x00\\d+\x00\\)")
_MEMBER: Final = re.compile(f"\\[\\s{{0,3}}{_HELD}\\s{{0,3}}\\]")
_NAME: Final = re.compile(r"[A-Za-z_$][\w$]{0,40}")
_SET: Final = re.compile(f"(?<![\\w$.])([A-Za-z_$][\\w$]{{0,40}})\\s{{0,3}}=\\s{{0,3}}{_HELD}\\s{{0,3}}(?=[;,\\n}}]|$)")
_RUN: Final = re.compile(f"(?:\\beval|\\bexecScript|\\bsetTimeout|\\bFunction)\\s{{0,3}}\\(\\s{{0,3}}{_HELD}")
_MAX_NAMES: Final = 40


@remembered(entries=512, longest=MAX_SHORT)
def unwrapped(code: str) -> tuple[str, bool]:
    """The script with its strings in double quotes, and whether something was decoded that no honest writer encodes."""
    if len(code) > MAX_CODE or not any(sign in code for sign in _SIGNS) or "\0" in code:
        return code, False
    return _Unwrapping().whole(code)


class _Unwrapping:
    """The strings of one script, by the numbers that stand for them."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._deep = False

    def whole(self, code: str) -> tuple[str, bool]:
        """A script and what it runs from strings, one after the other."""
        done: list[str] = []
        waiting, budget = [code], MAX_CODE
        for _ in range(_ROUNDS):
            run: list[str] = []
            for one in waiting:
                plain, inner = self._reduced(one[:budget])
                budget -= len(one)
                done.append(plain)
                run.extend(inner)
            if not run or budget <= 0:
                break
            self._deep = True
            waiting = run
        return "\n".join(done), self._deep

    def _reduced(self, code: str) -> tuple[str, list[str]]:
        """A script without disguises, and the scripts it runs from strings."""
        code = _LITERAL.sub(lambda found: self._hold(_unescaped(found[1] or found[2] or "")), code)
        for _ in range(_ROUNDS):
            before = code
            code = _CODES.sub(self._of_codes, code)
            code = _CALL.sub(self._called, code)
            code = _SUM.sub(lambda found: self._hold("".join(self._all(found[0]))), code)
            code = _BRACKETED.sub(lambda found: f"\0{found[1]}\0", code)
            code = _REVERSED.sub(lambda found: self._hold(self._held[int(found[1])][::-1]), code)
            code = _MEMBER.sub(self._member, code)
            code = self._named(code)
            if code == before:
                break
        inner = [self._held[int(found[1])] for found in _RUN.finditer(code)]
        return _ONE.sub(lambda found: '"' + self._held[int(found[1])].replace('"', "'") + '"', code), inner

    def _hold(self, text: str) -> str:
        self._held.append(text[:MAX_CODE])
        return f"\0{len(self._held) - 1}\0"

    def _all(self, code: str) -> list[str]:
        return [self._held[int(found[1])] for found in _ONE.finditer(code)]

    def _of_codes(self, found: re.Match[str]) -> str:
        self._deep = True
        numbers = (part.strip() for part in found[1].split(","))
        return self._hold("".join(chr(value) for part in numbers if 0 < (value := _number(part)) < 0x110000))

    def _called(self, found: re.Match[str]) -> str:
        decoded = _DECODERS[found[1]](self._held[int(found[2])])
        self._deep = self._deep or found[1] == "atob"
        return found[0] if decoded is None else self._hold(decoded)

    def _member(self, found: re.Match[str]) -> str:
        name = self._held[int(found[1])]
        return f".{name}" if _NAME.fullmatch(name) else found[0]

    def _named(self, code: str) -> str:
        """Names that are set once to a string, put in where they are used."""
        values: dict[str, str] = {}
        for found in _SET.finditer(code):
            if len(values) >= _MAX_NAMES:
                break
            values[found[1]] = "" if found[1] in values else found[2]
        known = {name: value for name, value in values.items() if value}
        if not known:
            return code
        used = re.compile(f"(?<=[=(+,:?])(\\s{{0,3}})({'|'.join(map(re.escape, known))})(?=\\s{{0,3}}[;,)+}}\\n]|$)")
        return used.sub(lambda found: f"{found[1]}\0{known[found[2]]}\0", code)


def _number(part: str) -> int:
    try:
        return int(part, 0) if part.lower().startswith("0x") else int(part)
    except ValueError:
        return 0


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    if digits:
        return chr(int(digits, 16))
    return _PLAIN.get(found[3], found[3])


_PERCENT_U: Final = re.compile(r"%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})")


def _unescape(text: str) -> str:
    return _PERCENT_U.sub(lambda found: chr(int(found[1] or found[2], 16)), text)


def _escape(text: str) -> str:
    return "".join(f"%{ord(one):02x}" if ord(one) < 0x100 else f"%u{ord(one):04x}" for one in text)


def _atob(text: str) -> str | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return None


_DECODERS: Final[dict[str, Callable[[str], str | None]]] = {
    "unescape": _unescape,
    "decodeURIComponent": unquote,
    "decodeURI": unquote,
    "escape": _escape,
    "atob": _atob,
}
