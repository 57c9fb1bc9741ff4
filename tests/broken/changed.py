"""What several broken entries need: the baseline's app or scaling page with its script changed in one place."""

import itertools

from pages import HERE
from session import AppSession, GridSession
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from transports import over_websocket

SESSIONS = {"app": AppSession, "grid": GridSession}


def with_script(old: str, new: str, page: str = "app", first_visit: int = 1) -> Starlette:
    """Serve a page of the baseline's with `old` replaced by `new` in its script, from the visit of number `first_visit` on."""
    script = (HERE / "static" / f"{page}.js").read_text()
    assert old in script, f"the baseline's script has no {old!r} any more"
    changed = script.replace(old, new)
    visits = itertools.count(1)

    def served(_: Request) -> Response:
        return Response(changed if next(visits) >= first_visit else script, media_type="text/javascript")

    app = over_websocket(page, SESSIONS[page])
    app.router.routes.insert(0, Route(f"/static/{page}.js", served))
    return app
