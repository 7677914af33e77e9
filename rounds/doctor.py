"""What this machine has and lacks for a round, and how to get what is missing."""

from __future__ import annotations

import importlib.metadata
import os
import re
import resource
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive_place import Folder
from rounds.errors import ProgramMissing, ServicesError
from rounds.services import archive, browser, current, home_of, mongo, redis

PYTHON = (3, 11)
FREE_GB = 5  # a rehearsal needs under 1 GB; a prefecture's six levels about 2 GB of archive
OPEN_FILES = 4_096  # a worker's connections, a browser's pipes, archive files; the servers raise their own
PROJECT = Path(__file__).parents[1] / "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.  `hint` is empty when it is well; an `optional` one never stops a round."""

    name: str
    ok: bool
    found: str
    hint: str = ""
    optional: bool = False


def examine(home: Path | None = None) -> list[Check]:
    """Every check, in the order in which one would mend things.  Starts the browser once; changes nothing."""
    looks: tuple[Callable[[], Check], ...] = (
        _python,
        _packages,
        lambda: _server("redis-server", redis.binaries(), redis.version),
        lambda: _server("mongod", mongo.binaries(), mongo.version),
        _browser,
        lambda: _disk(home_of(home)),
        lambda: archive_check(home_of(home)),
        _open_files,
        _fonts,
        lambda: _services(home_of(home)),
    )
    return [look() for look in looks]


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= PYTHON
    return Check("Python", good, found, "" if good else "需要 3.11 或更新：安装后运行 make clean setup")


def _packages() -> Check:
    """The direct dependencies as pyproject.toml names them."""
    with PROJECT.open("rb") as file:
        wanted = tomllib.load(file)["project"]["dependencies"]
    names = [re.split(r"[<>=!~;\[ ]", one, maxsplit=1)[0] for one in wanted]
    missing = [name for name in names if not _installed(name)]
    found = f"{len(names) - len(missing)}/{len(names)}"
    if not missing:
        return Check("Python 依赖", ok=True, found=found)
    return Check("Python 依赖", ok=False, found=found, hint=f"缺少 {'、'.join(missing)}：请运行 make setup")


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _server(program: str, binaries: dict[str, Path], version: Callable[[Path], tuple[int, ...]]) -> Check:
    for path in binaries.values():
        numbers = version(path)
        if numbers:
            return Check(program, ok=True, found=f"{'.'.join(map(str, numbers))}（{path}）")
        return Check(program, ok=False, found=str(path), hint="存在但不能运行：请运行 make clean setup，或改装系统包")
    return Check(program, ok=False, found="没有", hint="请运行 make setup（依赖中自带），或安装系统包")


def _browser() -> Check:
    try:
        found = browser.find()
    except ProgramMissing as error:
        return Check("浏览器", ok=False, found="没有", hint=str(error))
    complaint = browser.starts(found)
    if complaint:
        hint = f"装了但启动不了：{complaint}。请安装系统包 chromium-headless-shell，或用 {browser.VARIABLE} 指明另一个"
        return Check("浏览器", ok=False, found=found.path, hint=hint)
    return Check("浏览器", ok=True, found=f"{found.path}（试启动成功）")


def _disk(home: Path) -> Check:
    place = next(one for one in (home, *home.parents) if one.exists())
    free = shutil.disk_usage(place).free / 2**30
    good = free >= FREE_GB
    hint = "" if good else f"建议至少 {FREE_GB} GB：请清理，或用 CAIFENG_HOME 换一个卷"
    return Check("磁盘空间", good, f"{free:.1f} GB 可用（{place}）", hint)


def archive_check(home: Path) -> Check:
    """A probe is written, read back and deleted; a directory that is still to be made only needs a place and room."""
    try:
        place = archive.named(home)
        if isinstance(place, Folder) and not place.path.exists():
            return _archive_to_be(place.path)
        archive.reach(place.url)
    except ServicesError as error:
        return Check("存档", ok=False, found="不能用", hint=str(error))
    room = archive.space(place.url)
    found = f"{place.url}（试写成功{'' if room is None else f'，{room.free / 2**30:.1f} GB 可用'}）"
    return Check("存档", ok=True, found=found)


def _archive_to_be(folder: Path) -> Check:
    above = next(one for one in folder.parents if one.exists())
    if os.access(above, os.W_OK | os.X_OK):
        return Check("存档", ok=True, found=f"{folder}（用到时建立）")
    hint = f"{above} 不可写：请检查权限，或改 {archive.VARIABLE}"
    return Check("存档", ok=False, found=f"{folder}（建不了）", hint=hint)


def _open_files() -> Check:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    good = soft == resource.RLIM_INFINITY or soft >= OPEN_FILES
    found = f"{soft}（硬上限 {hard}）"
    return Check("打开文件数上限", good, found, "" if good else f"请先运行 ulimit -n {OPEN_FILES}", optional=True)


def _fonts() -> Check:
    """Only screenshots need them."""
    hint = "只影响截图：可安装系统包 fonts-noto-cjk"
    lister = shutil.which("fc-list")
    if lister is None:
        return Check("中文字体", ok=False, found="没有 fontconfig", hint=hint, optional=True)
    listed = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout  # noqa: S603  fontconfig's, found above
    first = next(iter(sorted(listed.splitlines())), "")
    return Check("中文字体", bool(first), first or "没有", "" if first else hint, optional=True)


def _services(home: Path) -> Check:
    """Both states are well: they start on demand."""
    standing = current(home)
    found = "未运行（用到时自动启动）" if standing is None else f"运行中（{home}）"
    return Check("本地服务", ok=True, found=found, optional=True)
