"""Makes the site of a page: python build_site.py ENVIRONMENT FILE."""

import base64
import hashlib
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

from pyodide_site import build

HERE = Path(__file__).parent
INSTALLER = "micropip"
ENTRYPOINT = "streamlit_app.py"
WORKER = re.compile(r"(?<=data:text/javascript;base64,)[A-Za-z0-9+/=]+")
# The mark is set before the text, which is where the worker goes on after a part of its boot.
MARKS = {"pyodide": 'r("Mounting files.")', "packages": 'v.pyimport("importlib").invalidate_caches()'}


def main(environment: Path, page: Path) -> None:
    """Write the site of a page into `site`."""
    site = HERE / "site"
    build.begin(site, environment, HERE / "pyodide.lock")
    add_installer(site)
    build.write_own(site, sorted((HERE / "shims").glob("*.py")))
    built = environment / "node_modules" / "@stlite" / "browser" / "build"
    shutil.copytree(built, site / "stlite", ignore=shutil.ignore_patterns("*.map", "*.d.ts"))
    mark_boot(site / "stlite")
    shutil.copytree(HERE / "static", site / "static", ignore=shutil.ignore_patterns("*.html"))
    shutil.copyfile(HERE / "static" / "index.html", site / "index.html")
    shutil.copyfile(page, site / ENTRYPOINT)
    build.compress(site)


def add_installer(site: Path) -> None:
    """Write the installer as a wheel beside Pyodide, which loads it by its own lock: the only package that the lock then has.

    The wheel that the lock names is on Pyodide's CDN only. This one has the same files, from the index.
    """
    file = site / "pyodide" / "pyodide-lock.json"
    lock = json.loads(file.read_text(encoding="utf-8"))
    package = lock["packages"][INSTALLER]
    wheel = site / "pyodide" / package["file_name"]
    with (
        zipfile.ZipFile(site / build.PACKAGES) as packages,
        zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as zipped,
    ):
        for item in packages.infolist():
            if item.filename.startswith(INSTALLER):
                zipped.writestr(item, packages.read(item))
    package["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    # The site shares its files with others; this one becomes its own.
    file.unlink()
    file.with_name(f"{file.name}.gz").unlink()
    file.write_text(json.dumps({**lock, "packages": {INSTALLER: package}}), encoding="utf-8")


def mark_boot(stlite: Path) -> None:
    """Have the worker, which lies in one of the scripts, mark when Pyodide and the packages are there (User Timing)."""
    (script,) = (file for file in stlite.glob("*.js") if WORKER.search(file.read_text(encoding="utf-8")))
    text = script.read_text(encoding="utf-8")
    script.write_text(WORKER.sub(lambda found: marked(found[0]), text), encoding="utf-8")


def marked(worker: str) -> str:
    """Return a worker with its marks, both as base64."""
    source = base64.b64decode(worker).decode()
    for mark, place in MARKS.items():
        if source.count(place) != 1:
            raise SystemExit(f"The worker of stlite has {place!r} {source.count(place)} times, not once.")
        source = source.replace(place, f'performance.mark("{mark}"), {place}')
    return base64.b64encode(source.encode()).decode()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
