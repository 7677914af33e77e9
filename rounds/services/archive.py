"""The archive's address: what `CAIFENG_ARCHIVE_URL` names, whether it can be written to, and how much room it has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipelines.archive_objects import ObjectStore
from pipelines.archive_place import Folder, Place, place_of
from pipelines.archive_room import Marks, free_and_total, marks_of
from pipelines.errors import ArchiveAway, ArchiveError, BadArchiveUrl, BadMark
from rounds.errors import DiskFull, NotStarted, ProgramMissing, Unreachable

VARIABLE: Final = "CAIFENG_ARCHIVE_URL"
PAUSE: Final = "CAIFENG_DISK_PAUSE"
RESUME: Final = "CAIFENG_DISK_RESUME"
_LOST: Final = frozenset({"memory"})  # fsspec's own: gone with the process that wrote it


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes of the volume an archive directory lies on."""

    free: int
    total: int
    pause: int = 0  # free bytes below which nothing more is claimed
    resume: int = 0  # and from which claims go on

    @property
    def low(self) -> bool:
        """Whether workers would halt at once."""
        return self.free < self.pause


def address(home: Path) -> str:
    """The archive's URL: as the variable names it, else `archive/` under `home`.  A directory is made.

    Raises Unreachable (no such kind of address), NotStarted (a directory that cannot be had).
    """
    place = named(home)
    if isinstance(place, Folder):
        try:
            place.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotStarted(
                f"存档目录不能用：{place.path}（{error.strerror}）。请检查权限，或改 {VARIABLE}"
            ) from error
    return place.url


def named(home: Path) -> Place:
    """Where the archive is to be; touches nothing.  Raises Unreachable."""
    given = os.environ.get(VARIABLE, "").strip()
    if not given:
        return Folder(home / "archive")
    try:
        place = place_of(given)
    except BadArchiveUrl as error:
        raise Unreachable(
            f"{VARIABLE} 不是存档的地址（{error}）。应形如 file:///srv/caifeng/archive 或 s3://桶/前缀，账号密码另行给出"
        ) from error
    if not isinstance(place, Folder) and place.scheme in _LOST:
        raise Unreachable(f"{VARIABLE} 指向 {place.scheme}://，进程一结束内容就没了：请改用目录或 s3://桶/前缀")
    return place


def space(url: str) -> Space | None:
    """The room of the volume; None for an object store."""
    place = place_of(url)
    return _space(place.path) if isinstance(place, Folder) else None


def marks() -> Marks:
    """The marks as the environment names them.  Raises Unreachable."""
    try:
        return marks_of(os.environ.get(PAUSE, ""), os.environ.get(RESUME, ""))
    except BadMark as error:
        raise Unreachable(f"{PAUSE} 或 {RESUME} 不对（{error}）：写成 20GB、500MB，或占这个卷的 5%") from error


def _space(folder: Path) -> Space:
    (free, total), limits = free_and_total(folder), marks()
    return Space(free, total, limits.low(total), limits.high(total))


def reach(url: str) -> None:
    """Look whether there is room; write, read back and delete a probe.

    Raises Unreachable, ProgramMissing (the store's client), DiskFull.
    """
    place = place_of(url)
    if isinstance(place, Folder):
        _reach_folder(place.path)
        return
    try:
        store = ObjectStore(place)
    except BadArchiveUrl as error:
        raise ProgramMissing(
            f"存档在 {url}，读写它的客户端没有装（s3:// 用 s3fs：.venv/bin/pip install s3fs）：{error}"
        ) from error
    try:
        store.probe()
    except ArchiveAway as error:
        raise Unreachable(f"存档写不进去：{error}。请检查存储服务、AWS_ENDPOINT_URL 和账号权限") from error
    except ArchiveError as error:
        raise Unreachable(f"存档写不进去：{error}。请先建好桶，或改 {VARIABLE}") from error


def _reach_folder(folder: Path) -> None:
    room = _space(folder)
    if room.low:
        raise DiskFull(
            f"磁盘已满：存档所在的卷只剩 {room.free // 2**20} MB（{folder}），低于 {room.pause // 2**20} MB 就不再采。请清理（caifeng prune）或扩容，或改 {VARIABLE}、{PAUSE}"
        )
    probe = folder / f".probe-{os.getpid()}"
    try:
        probe.write_bytes(b"probe")
        good = probe.read_bytes() == b"probe"
        probe.unlink()
    except OSError as error:
        raise Unreachable(
            f"存档目录写不进去：{folder}（{error.strerror}）。请检查挂载和权限，或改 {VARIABLE}"
        ) from error
    if not good:
        raise Unreachable(f"存档目录 {folder} 写进去的和读出来的不一样：请检查这个卷")
