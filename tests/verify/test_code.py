"""The hash of what checks entries: a change of the checks makes another one, prose doesn't."""

import shutil

import pytest

from pyuibench.project import PACKAGE
from pyuibench.verify import code
from pyuibench.verify.code import checks_hash


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a copy of the package that is hashed from now on."""
    copy = tmp_path / "pyuibench"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "apps"))
    monkeypatch.setattr(code, "PACKAGE", copy)
    return copy


def hashed():
    checks_hash.cache_clear()
    found = checks_hash()
    checks_hash.cache_clear()
    return found


@pytest.mark.parametrize(
    ("file", "old", "new", "is_another"),
    [
        ("verify/browser.py", "HOLD_MS = 250", "HOLD_MS = 25", True),
        ("instruments/browser/stopwatch.js", "const now", "const  now", True),
        ("serving/server.py", "import http.client\n", "import http.client  # of the library\n", False),
        ("verify/browser.py", '"""Checks of a page in the browser.', '"""What is checked in the browser.', False),
        ("instruments/browser/chromium.py", "import os\n", "import os, sys\n", True),
        ("instruments/wire/session.py", "import time\n", "import time, re\n", True),
        ("instruments/wire/websocket.py", "import time\n", "import time, re\n", True),
        ("serving/environment.py", "import sys\n", "import sys, re\n", True),
        ("verify/recorded_client.py", "import", "import sys, ", True),
        ("verify/messages.py", "import", "import sys  #", True),
        ("verify/gallery.py", "import", "import sys  #", False),
        ("instruments/code.py", "import io\n", "import io, sys\n", False),
        ("instruments/wire/leader.py", "import time\n", "import time, re\n", False),
        ("publish/charts.py", "import", "import  this  #", False),
    ],
)
def test_a_change_of_the_checks_makes_another(package, file, old, new, is_another):
    before = hashed()
    text = (package / file).read_text()
    assert old in text
    (package / file).write_text(text.replace(old, new, 1))
    assert (hashed() != before) == is_another
