"""The Dockerfile of a Space, by the documentation's own pattern: an unprivileged user with the id 1000, who owns what it runs.

https://huggingface.co/docs/hub/spaces-sdks-docker
"""

import json
from collections.abc import Iterator, Mapping, Sequence

PORT = 7860
HOME = "/home/user"
APP = f"{HOME}/app"
ENVIRONMENT = f"{HOME}/environment"
IMAGE = "python:{version}-slim-bookworm"


def dockerfile(
    python: str,
    packages: Sequence[str],
    env: Mapping[str, str],
    build: Sequence[str],
    command: Sequence[str],
    npm: bool,
) -> str:
    """Return the Dockerfile of an app: `packages` are Debian's, `npm` whether it has packages of npm's too."""
    return "\n".join(_lines(python, packages, env, build, command, npm))


def _lines(
    python: str,
    packages: Sequence[str],
    env: Mapping[str, str],
    build: Sequence[str],
    command: Sequence[str],
    npm: bool,
) -> Iterator[str]:
    yield f"FROM {IMAGE.format(version=python)}"
    if packages:
        yield "# hadolint ignore=DL3008"
        yield (
            f"RUN apt-get update && apt-get install -y --no-install-recommends {' '.join(packages)} "
            "&& rm -rf /var/lib/apt/lists/*"
        )
    yield "RUN useradd -m -u 1000 user"
    yield "USER 1000"
    path = f"{ENVIRONMENT}/bin:" + (f"{ENVIRONMENT}/node_modules/.bin:" if npm else "") + "/usr/local/bin:/usr/bin:/bin"
    settings = {"HOME": HOME, "LANG": "C.UTF-8", "PATH": path, **env}
    yield "ENV " + " \\\n    ".join(f"{name}={json.dumps(value)}" for name, value in settings.items())
    yield f"WORKDIR {APP}"
    yield "COPY --chown=user requirements.txt ./"
    yield f"RUN python -m venv {ENVIRONMENT} && pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt"
    if npm:
        yield f"COPY --chown=user package.json package-lock.json {ENVIRONMENT}/"
        yield f"RUN npm ci --prefix {ENVIRONMENT} --ignore-scripts --no-audit --no-fund && rm -rf {HOME}/.npm"
    yield "COPY --chown=user . ."
    yield "RUN pip install --no-cache-dir --no-deps ./workload"
    if build:
        # A layer of its own: what it takes minutes to install is kept when the app changes.
        yield "# hadolint ignore=DL3059"
        yield f"RUN {json.dumps(list(build))}"
    yield f"EXPOSE {PORT}"
    yield f"CMD {json.dumps(list(command))}"
    yield ""
