"""Finding Chromium: the one named, else Playwright's own, else the system's; and the arguments it needs here."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rounds.errors import ProgramMissing

VARIABLE = "CAIFENG_BROWSER"
# The headless shell first: 30 % less processor time per page than the full browser, measured on Debian's packages.
OF_PLAYWRIGHT = (
    "chromium_headless_shell-*/chrome-*/headless_shell",
    "chromium_headless_shell-*/chrome-*/chrome-headless-shell",
    "chromium-*/chrome-linux*/chrome",
)
OF_THE_SYSTEM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # nothing leaves the machine that no page asked for
    "--disable-component-update",
    "--disable-sync",
)
START = 60.0  # seconds a first start may take on a cold disk


@dataclass(frozen=True, slots=True)
class Browser:
    """An executable and the arguments it needs on this machine."""

    path: str
    arguments: tuple[str, ...]


def find() -> Browser:
    """The browser to use.  Raises `ProgramMissing`."""
    named = os.environ.get(VARIABLE, "")
    if named:
        path = shutil.which(named)
        if path is None:
            raise ProgramMissing(f"{VARIABLE} 指的浏览器不存在或不可执行：{named}。请改正，或取消该变量")
        return Browser(path, arguments())
    path = _of_playwright() or _of_the_system()
    if path is None:
        raise ProgramMissing(
            "找不到 Chromium。请运行 make setup，或安装系统包 chromium-headless-shell / chromium，"
            f"或用 {VARIABLE} 指明路径"
        )
    return Browser(path, arguments())


def arguments() -> tuple[str, ...]:
    """`ARGUMENTS`, and `--no-sandbox` where Chromium cannot build its sandbox: as root, and in plain containers."""
    return ARGUMENTS if _sandbox_possible() else ("--no-sandbox", *ARGUMENTS)


def starts(browser: Browser) -> str:
    """Start it once on an empty page; empty when it works, else what it said."""
    with tempfile.TemporaryDirectory(prefix="caifeng-browser-") as profile:
        command = [browser.path, "--headless", *browser.arguments, f"--user-data-dir={profile}", "--dump-dom"]
        try:
            done = subprocess.run(  # noqa: S603  the browser found above, an argument list without a shell
                [*command, "data:text/html,<p>caifeng"], capture_output=True, text=True, timeout=START, check=False
            )
        except subprocess.TimeoutExpired:
            return f"{START:.0f} 秒内没有启动"
        except OSError as error:
            return str(error)
    if "<p>caifeng" in done.stdout:
        return ""
    return (done.stderr.strip().splitlines() or [f"退出码 {done.returncode}"])[-1][:200]


def _of_playwright() -> str | None:
    root = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    folder = Path(root) if root not in {"", "0"} else Path.home() / ".cache" / "ms-playwright"
    for pattern in OF_PLAYWRIGHT:
        found = [one for one in folder.glob(pattern) if os.access(one, os.X_OK)]
        if found:
            return str(max(found, key=_revision))
    return None


def _revision(executable: Path) -> int:
    """Playwright names its folders `chromium-1234`."""
    number = executable.parents[1].name.rpartition("-")[2]
    return int(number) if number.isdigit() else 0


def _of_the_system() -> str | None:
    return next((path for path in map(shutil.which, OF_THE_SYSTEM) if path), None)


def _sandbox_possible() -> bool:
    if os.geteuid() == 0:
        return False
    unshare = shutil.which("unshare")
    if unshare is None:
        return False
    return subprocess.run([unshare, "--user", "true"], capture_output=True, check=False).returncode == 0  # noqa: S603  util-linux's, found above
