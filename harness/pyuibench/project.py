"""Where things are: below a checkout's root; installed, entries are in the package, and what is made is the user's own."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parents[1]
IS_CHECKOUT = (ROOT / "apps" / "workload").is_dir()
APPS = (ROOT if IS_CHECKOUT else PACKAGE) / "apps"
WORKLOAD = APPS / "workload"
PYODIDE_SITE = APPS / "pyodide_site"
"""What makes and serves the sites of entries that run in the browser."""
RESULTS = (ROOT if IS_CHECKOUT else Path()) / "results"
"""Installed, in the working directory, as new entries are."""
NEW_ENTRIES = (ROOT if IS_CHECKOUT else Path()) / "apps"
_CACHES = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
CACHE = ROOT / ".cache" if IS_CHECKOUT else _CACHES / "pyuibench"
