"""FastHTML's default headers in their order, from this server instead of a CDN; and where the scripts are."""

import os
from pathlib import Path

import plotly
from fasthtml.common import Link, Script, Style, charset, viewport
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

ICON = Link(rel="icon", href="data:,")
DEFAULT_HEADERS = (
    charset,
    viewport,
    Script(src="/scripts/htmx.org/dist/htmx.js"),
    Script(src="/vendor/fasthtml.js"),
    Script(src="/vendor/surreal.js"),
    Script(src="/scripts/css-scope-inline/script.js"),
    Link(rel="stylesheet", href="/scripts/@anyblades/pico/css/pico.min.css"),
    Style(":root { --pico-font-size: 100%; }"),
)
SSE = Script(src="/scripts/htmx-ext-sse/sse.js")
PLOTLY = Script(src="/plotly/plotly.min.js")
SCRIPTS = (
    Mount("/scripts", StaticFiles(directory=os.environ["SCRIPTS"])),
    Mount("/plotly", StaticFiles(directory=Path(plotly.__file__).parent / "package_data")),
)
