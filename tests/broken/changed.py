"""What several broken entries need: the baseline's app with its script changed in one place."""

from pages import HERE
from session import AppSession
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from transports import over_websocket


def with_script(old: str, new: str) -> Starlette:
    """Serve the baseline's app page with `old` replaced by `new` in its script."""
    script = (HERE / "static" / "app.js").read_text()
    assert old in script, f"the baseline's script has no {old!r} any more"
    changed = script.replace(old, new)
    app = over_websocket("app", AppSession)
    app.router.routes.insert(0, Route("/static/app.js", lambda _: Response(changed, media_type="text/javascript")))
    return app
