#!/usr/bin/env bash
# Sets a checkout up: .venv with the harness from its lock, and Chromium and HAProxy where there are none. Run by make.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3}
# Where a user has pip install things otherwise; in a virtual environment that can't apply.
export PIP_USER=0
unset PIP_TARGET PIP_PREFIX PIP_ROOT

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "setup: Python 3.11 or newer is needed; name one with PYTHON=/path/to/python3." >&2
  exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "setup: installing python3-venv"
  install_packages python3-venv
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
uv_pin=$(sed -n 's/^\(uv==[^ ;]*\).*/\1/p' requirements.lock)
.venv/bin/python -m pip install --quiet --disable-pip-version-check "$uv_pin"
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --requirement requirements.lock
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --editable apps/workload --editable .
# Without bytecode every command compiles what it imports anew wherever PYTHONDONTWRITEBYTECODE is set: --help takes twice as long.
.venv/bin/python -m compileall -q -j 0 "$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"

if ! PATH="$PATH:/usr/sbin" command -v haproxy >/dev/null; then
  echo "setup: installing HAProxy"
  install_packages haproxy || echo "setup: no HAProxy, which profile workers and its tests need" >&2
fi

if ! .venv/bin/python -m pyuibench.instruments.browser.chromium >/dev/null 2>&1; then
  echo "setup: installing Chromium"
  timeout 300 .venv/bin/playwright install chromium >/dev/null 2>&1 || install_packages chromium
  .venv/bin/python -m pyuibench.instruments.browser.chromium >/dev/null
fi
