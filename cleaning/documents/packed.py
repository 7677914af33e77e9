"""Archives: what is in a zip or a 7z, under its name, within what may be unpacked."""

from collections.abc import Iterator
from io import BytesIO
from typing import Final, NamedTuple
from zipfile import ZipFile, ZipInfo

import py7zr
from py7zr.io import BytesIOFactory

MAX_UNPACKED: Final = 256 << 20  # bytes in all that an archive may hold, office files included
MAX_MEMBERS: Final = 2_000
MAX_READ: Final = 200  # members of an archive that are read
_UTF8_NAME: Final = 0x800  # flag of a zip member whose name is UTF-8; else Chinese packers write GBK


class Contents(NamedTuple):
    """How many members an archive has, and how many bytes unpacked; `locked` where it asks for a password."""

    members: int
    size: int
    locked: bool

    @property
    def too_large(self) -> bool:
        """Told by the directory, before a byte is unpacked."""
        return self.members > MAX_MEMBERS or self.size > MAX_UNPACKED


def of_zip(opened: ZipFile) -> Contents:
    """What a zip's directory says."""
    members = opened.infolist()
    locked = any(member.flag_bits & 1 for member in members)
    return Contents(len(members), sum(member.file_size for member in members), locked)


def zip_members(opened: ZipFile) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of its first files."""
    for member in [member for member in opened.infolist() if not member.is_dir()][:MAX_READ]:
        yield _name(member), opened.read(member)


def _name(member: ZipInfo) -> str:
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def of_7z(opened: py7zr.SevenZipFile) -> Contents:
    """What a 7z's directory says."""
    members = opened.list()
    return Contents(len(members), sum(member.uncompressed or 0 for member in members), opened.needs_password())


def seven_members(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the first files of a 7z.  Raises what py7zr raises."""
    with py7zr.SevenZipFile(BytesIO(body)) as opened:
        names = [member.filename for member in opened.list() if not member.is_directory][:MAX_READ]
        factory = BytesIOFactory(MAX_UNPACKED)
        opened.extract(targets=names, factory=factory)
        for name in names:
            if product := factory.products.get(name):
                product.seek(0)
                yield name, product.read()
