"""The Dockerfile of a Space, by the documentation's own pattern: an unprivileged user with the id 1000, who owns what it runs.

https://huggingface.co/docs/hub/spaces-sdks-docker
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

PORT = 7860
HOME = "/home/user"
APP = f"{HOME}/app"
ENVIRONMENT = f"{HOME}/environment"
IMAGE = "python:{version}-slim-bookworm"


@dataclass(frozen=True)
class Served:
    """An app as its Dockerfile has it: `packages` are Debian's, `has_npm` whether it has packages of npm's too."""

    python: str
    packages: Sequence[str]
    env: Mapping[str, str]
    build: Sequence[str]
    command: Sequence[str]
    has_npm: bool


def dockerfile(app: Served) -> str:
    """Return the Dockerfile of an app."""
    return "\n".join(_lines(app))


def _lines(app: Served) -> Iterator[str]:
    yield f"FROM {IMAGE.format(version=app.python)}"
    if app.packages:
        yield "# hadolint ignore=DL3008"
        yield (
            f"RUN apt-get update && apt-get install -y --no-install-recommends {' '.join(app.packages)} "
            "&& rm -rf /var/lib/apt/lists/*"
        )
    yield "RUN useradd -m -u 1000 user"
    yield "USER 1000"
    path = (
        f"{ENVIRONMENT}/bin:"
        + (f"{ENVIRONMENT}/node_modules/.bin:" if app.has_npm else "")
        + "/usr/local/bin:/usr/bin:/bin"
    )
    settings = {"HOME": HOME, "LANG": "C.UTF-8", "PATH": path, **app.env}
    yield "ENV " + " \\\n    ".join(f"{name}={json.dumps(value)}" for name, value in settings.items())
    yield f"WORKDIR {APP}"
    yield "COPY --chown=user requirements.txt ./"
    yield f"RUN python -m venv {ENVIRONMENT} && pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt"
    if app.has_npm:
        yield f"COPY --chown=user package.json package-lock.json {ENVIRONMENT}/"
        yield f"RUN npm ci --prefix {ENVIRONMENT} --ignore-scripts --no-audit --no-fund && rm -rf {HOME}/.npm"
    yield "COPY --chown=user . ."
    yield "RUN pip install --no-cache-dir --no-deps ./workload"
    if app.build:
        # A layer of its own: what it takes minutes to install is kept when the app changes.
        yield "# hadolint ignore=DL3059"
        yield f"RUN {json.dumps(list(app.build))}"
    yield f"EXPOSE {PORT}"
    yield f"CMD {json.dumps(list(app.command))}"
    yield ""
