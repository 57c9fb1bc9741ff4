"""Makes the site of a page: python build_site.py ENVIRONMENT FILE.

`panel convert` makes the page and its worker. What they would load from elsewhere is put beside them, and their addresses are
changed to it.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from panel.io.convert import BOKEH_VERSION, PY_VERSION, PYODIDE_URL
from pyodide_site import build

HERE = Path(__file__).parent
BOKEH = Path(str(files("bokeh"))) / "server" / "static" / "js"
PANEL = Path(str(files("panel"))) / "dist"
SCRIPTS = ("bokeh", "bokeh-gl", "bokeh-widgets", "bokeh-tables")
# Of Panel's 107 MB, the files that these pages may ask for.
SERVED = (
    "assets",
    "css",
    "bundled/datatabulator",
    "bundled/font-awesome/css",
    "bundled/font-awesome/webfonts",
    "bundled/plotlyplot",
    "bundled/reactiveesm",
    "bundled/theme",
)
# What packages have for pages and servers, which Python in the browser never reads. Panel's own wheels for it are without too.
LEFT_OUT = (
    "bokeh/server/static/*",
    "panel/dist/bundled/*",
    "panel/dist/*.js",
    "*.map",
    "plotly/*.js",
    "share/*",
    "etc/*",
)
# These are partly compiled and do without that part: the build's own environment has the rest, which is Python.
PURE = ("markupsafe", "yaml")
PURE_PACKAGES = "pure.zip"
CDN = {"PANEL_CDN_ROOT": "/panel/", "PANEL_NPM_CDN": "/npm"}
"""Where Panel looks for its own files and for those of npm packages, each in the place of a CDN."""
ENVIRONMENT = '<script type="application/json" id="environment">/*environment*/</script>'


def main(environment: Path, file: str) -> None:
    """Write the site of a page into `site`."""
    site, page = HERE / "site", Path(file).stem
    build.begin(site, environment, HERE / "pyodide.lock", LEFT_OUT)
    _write_pure(site / PURE_PACKAGES)
    _copy_scripts(environment, site)
    _convert(environment, file, site)
    _change(site / f"{page}.html", _in_page(page)).rename(site / "index.html")
    _change(site / f"{page}.js", _in_worker())
    build.compress(site)


def _write_pure(archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for package in PURE:
            for file in sorted(Path(str(files(package))).glob("*.py")):
                zipped.write(file, f"{package}/{file.name}")


def _copy_scripts(environment: Path, site: Path) -> None:
    """Copy scripts and styles: Bokeh's and Panel's to where their CDNs have them."""
    # Panel's worker is no module.
    shutil.copyfile(environment / "node_modules" / "pyodide" / "pyodide.js", site / "pyodide" / "pyodide.js")
    bokeh, panel = site / "bokeh" / "release", site / "panel" / PY_VERSION / "dist"
    bokeh.mkdir(parents=True)
    for name in SCRIPTS:
        shutil.copyfile(BOKEH / f"{name}.min.js", bokeh / f"{name}-{BOKEH_VERSION}.min.js")
    for name in SERVED:
        shutil.copytree(PANEL / name, panel / name, ignore=shutil.ignore_patterns("*.map"))
    shutil.copyfile(PANEL / "panel.min.js", panel / "panel.min.js")
    # In the browser Panel has no bundles, so it asks npm's CDN for the one stylesheet that it doesn't have itself.
    shutil.copytree(PANEL / "bundled" / "plotlyplot", site / "npm", ignore=shutil.ignore_patterns("plotly-*"))


def _convert(environment: Path, file: str, site: Path) -> None:
    """Convert a page, without content to look at before Python is there: nothing in it could be used."""
    command = [str(environment / "bin" / "panel"), "convert", file, "--to", "pyodide-worker", "--skip-embed"]
    command += ["--requirements", "pandas", "plotly", "--disable-http-patch", "--out", str(site)]
    subprocess.run(command, cwd=HERE, env={**os.environ, **CDN}, check=True)


def _in_page(page: str) -> Mapping[str, str]:
    """Return what is changed in a page: where Bokeh is, and that the worker is told the server's variables, as its name."""
    worker = f'new Worker("./{page}.js"'
    return {
        re.escape("https://cdn.bokeh.org/"): "/",
        "(?=  <body)": f"  {ENVIRONMENT}\n",
        re.escape(f"{worker})"): f'{worker}, {{name: document.getElementById("environment").textContent}})',
    }


def _in_worker() -> Mapping[str, str]:
    """Return what is changed in a worker: where Pyodide is, its variables, that packages come as archives, marks; and a mistake.

    Each message of the page is put into the same global variable, and read in a task of the loop. Where two come at once, as when
    a click leaves a text field, the second was there before the first was read: it was carried out twice, the first not at all.
    """
    return {
        re.escape(PYODIDE_URL): "/pyodide/pyodide.js",
        re.escape("loadPyodide();"): (
            f"loadPyodide({{env: Object.assign({json.dumps(CDN)}, JSON.parse(self.name))}});\n"
            '  performance.mark("pyodide");'
        ),
        re.escape("data_archives = []"): f'data_archives = ["/{build.PACKAGES}", "/{PURE_PACKAGES}"]',
        re.escape("self.pyodide.globals.set('patch', msg.patch)"): (
            "const names = self.pyodide.toPy({})\n    names.set('patch', msg.patch)"
        ),
        r"(?<=_convert_json_patch\(patch\), setter='js'\)\n    `)\)": ", {locals: names})",
        r'  await self\.pyodide\.loadPackage\("micropip"\);.*?(?=  console\.log\("Environment loaded!"\))': (
            '  performance.mark("packages");\n'
        ),
    }


def _change(file: Path, changes: Mapping[str, str]) -> Path:
    """Change every place that a pattern matches; there must be one, or this isn't the Panel that the changes are for."""
    text = file.read_text(encoding="utf-8")
    for pattern, instead in changes.items():
        text, count = re.subn(pattern, instead, text, flags=re.DOTALL)
        if not count:
            raise SystemExit(f"{file.name} has no {pattern!r}: Panel's template has changed.")
    file.write_text(text, encoding="utf-8")
    return file


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
