"""Puts the npm packages where Solara's server keeps what it has fetched from the CDN: `cdn/NAME@VERSION`."""

import json
import sys
from pathlib import Path

node_modules = Path(sys.argv[1])
for name, version in json.loads(Path("package.json").read_text())["dependencies"].items():
    link = Path("cdn") / f"{name}@{version}"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(node_modules / name)
