"""Makes the site of a page: python build_site.py ENVIRONMENT FILE."""

import json
import shutil
import sys
from importlib.resources import files
from pathlib import Path

from pyodide_site import build
from session import choices

HERE = Path(__file__).parent
SETTINGS = '<script type="application/json" id="settings">/*settings*/</script>'
ENVIRONMENT = '<script type="application/json" id="environment">/*environment*/</script>'


def main(environment: Path, page: str) -> None:
    """Write the site of a page into `site`."""
    site = HERE / "site"
    build.begin(site, environment, HERE / "pyodide.lock")
    build.write_own(site, [HERE / f"{page}.py", HERE / "session.py", HERE / "live.py"])
    shutil.copytree(HERE / "static", site / "static")
    shutil.copytree(str(files("plotly") / "package_data"), site / "plotly")
    settings = json.dumps({**choices(), "module": page}).replace("<", "\\u003c")
    filled = SETTINGS.replace("/*settings*/", settings)
    html = (HERE / "static" / f"{page}.html").read_text(encoding="utf-8")
    (site / "index.html").write_text(html.replace(SETTINGS, f"{ENVIRONMENT}\n    {filled}"), encoding="utf-8")
    build.compress(site)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]).stem)
