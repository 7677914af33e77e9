#!/usr/bin/env bash
# Sets up a checkout on Debian or Ubuntu: .venv/, the command .venv/bin/caifeng, a browser.
# What is there is left alone; each step leaves a stamp, so that a second run takes about a second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$(pwd)
venv="$root/.venv"
lock="${CAIFENG_LOCK:-requirements-dev.txt}" # the image sets requirements.txt: no tools for developers

[ ! -L "$venv" ] || {
	printf '✗ %s\n' ".venv 是符号链接，指向另一份检出的环境：不改动它。请删掉这个链接再试" >&2
	exit 6
}

did=""
say() {
	did=yes
	printf '· %s\n' "$*" >&2
}
fail() {
	printf '✗ %s\n' "$*" >&2
	exit 6 # ENVIRONMENT in docs/exit-codes.md
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		fail "需要 root 或 sudo 才能安装系统包：$*"
	fi
}

apt_install() {
	command -v apt-get >/dev/null || fail "缺少 $*，而这里没有 apt-get。请自行安装后再试"
	say "安装系统包：$*"
	local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@")
	as_root "${install[@]}" >/dev/null 2>&1 && return
	as_root apt-get update -qq >/dev/null
	as_root "${install[@]}" >/dev/null
}

recent() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

may_install() { command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }; }

# The distribution's own Python comes first, as in the image: it is built with profiles, and reads pages a tenth faster
# than one that was compiled without (docs/performance.md).
choose_python() {
	local name
	for name in ${PYTHON:-} /usr/bin/python3 python3 python3.11 python3.12 python3.13; do
		recent "$name" || continue
		if [ "$name" = /usr/bin/python3 ] && ! has_venv "$name" && may_install; then
			apt_install python3-venv || true
		fi
		if has_venv "$name"; then
			command -v "$name"
			return
		fi
	done
	apt_install python3 python3-venv
	{ recent python3 && has_venv python3; } || fail "需要 Python 3.11 或更新的版本；可用 PYTHON=/路径/python3 指明"
	command -v python3
}

make_venv() {
	local python
	if [ -x "$venv/bin/python" ] && recent "$venv/bin/python" && "$venv/bin/python" -c 'import pip' 2>/dev/null; then
		return
	fi
	python=$(choose_python)
	say "建立虚拟环境 .venv（$("$python" --version)）"
	"$python" -m venv --clear "$venv"
}

install_requirements() {
	local stamp
	stamp="$venv/.locked-$(sha256sum "$lock" | cut -c1-16)"
	[ -e "$stamp" ] && return
	say "按 $lock 安装依赖（逐个核对哈希）"
	"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
		--only-binary :all: --require-hashes -r "$lock" || fail "依赖没有装全：上面是 pip 的说明。请检查网络后再试"
	rm -f "$venv"/.locked-*
	touch "$stamp"
}

# The rooms are top-level packages run from the checkout: one path file makes them importable in this environment, and
# the command starts with -P, so that no file of the current directory can stand in for a module.
write_command() {
	local site command
	site=$(echo "$venv"/lib/python3.*/site-packages)
	command="#!/bin/sh
exec \"$venv/bin/python\" -P -c 'import sys; sys.argv[0] = \"caifeng\"; from console.cli.app import main; main()' \"\$@\""
	if [ "$(cat "$site/caifeng.pth" 2>/dev/null)" != "$root" ]; then
		did=yes
		printf '%s\n' "$root" >"$site/caifeng.pth"
	fi
	if [ "$(cat "$venv/bin/caifeng" 2>/dev/null)" != "$command" ]; then
		did=yes
		printf '%s\n' "$command" >"$venv/bin/caifeng"
		chmod +x "$venv/bin/caifeng"
	fi
}

have_headers() { "$venv/bin/python" -c 'import os, sysconfig; raise SystemExit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))'; }

# The modules that cost a page most, compiled: a sixth of a page's cost.  Without a compiler the sources run as they are.
compile_rooms() {
	local log
	[ -z "${CAIFENG_PLAIN:-}" ] && "$venv/bin/python" -c 'import mypyc' 2>/dev/null || return 0
	"$venv/bin/python" -P -c "import sys; sys.path.insert(0, '$root'); from cleaning.compiled import folder; raise SystemExit(not folder().is_dir())" && return
	{ command -v gcc >/dev/null && have_headers; } || { may_install && (apt_install gcc libc6-dev python3-dev) && have_headers; } || {
		say "没有 C 编译器或 Python 头文件：不编译热模块，照常运行，每页多用约两成 CPU"
		return
	}
	say "编译每页最费时的模块（一两分钟；设 CAIFENG_PLAIN=1 可跳过）"
	log=$(mktemp)
	if ! "$venv/bin/python" deploy/compile.py >"$log" 2>&1; then
		tail -n 5 "$log" >&2
		say "没有编译成（上面是原因）：照常运行，每页多用约两成 CPU"
	fi
	rm -f "$log"
}

have_browser() {
	"$venv/bin/python" -P -c 'from rounds.errors import ProgramMissing
from rounds.services.browser import find
try:
    find()
except ProgramMissing:
    raise SystemExit(1)'
}

install_browser() {
	have_browser && return
	say "安装 Chromium"
	if timeout 180 "$venv/bin/python" -m playwright install --only-shell chromium >/dev/null 2>&1; then
		(as_root "$venv/bin/python" -m playwright install-deps chromium >/dev/null 2>&1) || say "系统库没有装全：caifeng doctor 会试启动浏览器"
	else
		(apt_install chromium-headless-shell) || apt_install chromium
	fi
	have_browser || fail "没有装上 Chromium。请手工安装，或用 CAIFENG_BROWSER 指明路径"
}

make_venv
install_requirements
write_command
compile_rooms
install_browser
[ -z "$did" ] || say "已就绪：.venv/bin/caifeng --help 看有哪些命令，make demo 跑一遍演练"
