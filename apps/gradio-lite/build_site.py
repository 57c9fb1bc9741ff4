"""Makes the site of a page: python build_site.py ENVIRONMENT FILE."""

import shutil
import sys
from pathlib import Path

import lite
from pyodide_site import build

HERE = Path(__file__).parent
# What the wheel that Gradio-Lite brings doesn't have either, and what Plotly has for notebooks and pages.
LEFT_OUT = (
    "bin/*",
    "share/*",
    "gradio/templates/*",
    "gradio/_frontend_code/*",
    "plotly/labextension/*",
    "plotly/package_data/*.js",
)


def main(environment: Path, file: str) -> None:
    """Write the site of a page into `site`."""
    site = HERE / "site"
    npm_packages = environment / "node_modules"
    build.begin(site, environment, HERE / "pyodide.lock", LEFT_OUT)
    build.write_own(site, sorted((HERE / "shims").glob("*.py")))
    lite.write(site / "lite", npm_packages)
    shutil.copy(HERE / file, site)
    page = (HERE / "page.html").read_text(encoding="utf-8")
    (site / "index.html").write_text(page.replace("{file}", file), encoding="utf-8")
    build.compress(site)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
