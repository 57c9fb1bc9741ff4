"""Makes the site of a page: python build_site.py ENVIRONMENT FILE."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from anywidget import AnyWidget
from pyodide_site import build
from shiny import App
from shiny.express import wrap_express_app
from shiny.express._stub_session import ExpressStubSession
from shiny.session import session_context
from shinywidgets._dependencies import require_dependency

HERE = Path(__file__).parent
SETTINGS = '<script type="application/json" id="settings">/*settings*/</script>'
ENVIRONMENT = '<script type="application/json" id="environment">/*environment*/</script>'


def main(environment: Path, page: str) -> None:
    """Write the site of a page into `site`."""
    site = HERE / "site"
    build.begin(site, environment, HERE / "pyodide.lock")
    own = [HERE / page, HERE / "shared.py", HERE / "asgi_server.py"]
    build.write_own(site, [*own, *sorted((HERE / "shims").glob("*.py"))])
    shutil.copytree(HERE / "loader", site / "loader")
    settings = SETTINGS.replace("/*settings*/", json.dumps({"app": page}).replace("<", "\\u003c"))
    html = (site / "loader" / "index.html").read_text(encoding="utf-8")
    (site / "index.html").write_text(html.replace(SETTINGS, f"{ENVIRONMENT}\n    {settings}"), encoding="utf-8")
    for folder, href in _files_of(wrap_express_app(HERE / page)):
        shutil.copytree(folder, site / href, dirs_exist_ok=True)
    build.compress(site)


def _files_of(app: App) -> Iterator[tuple[Path, str]]:
    """Yield the folders of scripts and styles that the app's page asks for, and where it does.

    The app's own server would answer from them. A page's script and style elements don't ask a worker.
    """
    prefix = app.lib_prefix
    # A widget's scripts are asked for when it is made, which takes a session.
    with session_context(ExpressStubSession()):
        widget = AnyWidget()
    dependencies = [*app._registered_dependencies.values(), require_dependency(widget, SimpleNamespace(app=app))]
    for dependency in dependencies:
        place = dependency.source_path_map(lib_prefix=prefix)
        if place["source"]:
            yield Path(place["source"]), place["href"]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]).name)
