"""Serves the exported frontend from the backend's port, as `reflex run --env prod` does when it has built it."""

from reflex.utils.exec import get_frontend_mount
from starlette.applications import Starlette


def with_frontend(api: Starlette) -> Starlette:
    """Return the backend with the frontend behind its own routes."""
    api.routes.append(get_frontend_mount())
    return api
