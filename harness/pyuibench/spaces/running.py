"""Sets a cloned Space up and serves it, as its Dockerfile says or as the SDK does; on this machine's loopback alone.

A Space listens to all machines. Here nothing does, so the address is changed in the clone before it is started.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from dockerfile_parse import DockerfileParser

from pyuibench.entries.catalog import Variant
from pyuibench.entries.space import DOCKER, space_needs
from pyuibench.errors import ServerError, UserError
from pyuibench.serving.builds import NETWORK
from pyuibench.serving.ports import HOST, is_taken
from pyuibench.serving.server import answers
from pyuibench.serving.supervised import Start, Supervised
from pyuibench.spaces.card import STATIC, CustomHeaders, FrontMatter
from pyuibench.spaces.dockerfile import HOME, PORT
from pyuibench.spaces.write import ANYWHERE, PAGE_NAME, PLACES
from workload.ledger import ENVIRONMENT_VARIABLE

USER_ID = 1000
READY_S = 120.0
LIMIT_S = 1200.0
LAST_LINES = 4
COMMANDS = {"nodejs": "node"}
"""Debian's package -> the command that it is for, where that is named otherwise. It may have come from elsewhere."""


@dataclass(frozen=True)
class RunningSpace:
    """A Space that serves: who runs it, whether its own files have it listen to other machines, and where its calls are noted."""

    user: str
    is_public: bool
    ledger: Path


@dataclass(frozen=True)
class Recipe:
    """How a Space is set up and served: commands one after the other, the last of which serves; variables of all of them."""

    setup: Sequence[Sequence[str]]
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def served(variant: Variant, front: FrontMatter, app: Path) -> Iterator[RunningSpace]:
    """Set up and serve a Space whose files are in `app`, a directory of its own in a temporary one.

    Raises UserError where this machine can't, or where setting up fails; ServerError when it doesn't answer.
    """
    if is_taken(PORT):
        raise UserError(f"Port {PORT} is taken, which is the one of a Space; stop what listens there.")
    ledger = app.parent / "ledger"
    if front.sdk == STATIC:
        with _files(app, front.custom_headers):
            yield RunningSpace("a file server", True, ledger)
        return
    recipe = _of_dockerfile(variant, app) if front.sdk == DOCKER else _of_sdk(variant, front, app)
    with _served(variant, recipe, app, ledger) as running:
        yield running


@contextmanager
def _served(variant: Variant, recipe: Recipe, app: Path, ledger: Path) -> Iterator[RunningSpace]:
    home, as_user = app.parent, _as_user()
    if as_user:
        subprocess.run(["chown", "-R", f"{USER_ID}:{USER_ID}", str(home)], check=True)
    env = {**_inherited(), **recipe.env, "HOME": str(home), "PATH": _path(recipe, home, as_user)}
    for command in recipe.setup:
        _carry_out([*as_user, *command], app, env)
    is_public = _on_loopback(app) or any(ANYWHERE in part for part in recipe.command)
    local = [part.replace(ANYWHERE, HOST) for part in recipe.command]
    env |= {name: value.replace(ANYWHERE, HOST) for name, value in env.items()} | {ENVIRONMENT_VARIABLE: str(ledger)}
    log = home / "log"
    server = Supervised(Start([*as_user, *local], str(app), env, str(log)))
    try:
        _await(server, variant.ready, log)
        yield RunningSpace(f"user {USER_ID}" if as_user else "this user", is_public, ledger)
    finally:
        server.stop()


def _await(server: Supervised, path: str, log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if answers(PORT, path):
            return
        if not server.is_alive():
            break
        time.sleep(0.1)
    said = log.read_text(errors="replace").strip().splitlines()[-LAST_LINES:]
    raise ServerError(f"the Space doesn't answer at port {PORT}; its last words: {' | '.join(said) or 'none'}")


def _of_dockerfile(variant: Variant, app: Path) -> Recipe:
    """Return what a Dockerfile does as its user; what it does before as root, to the system, isn't done here."""
    parsed = DockerfileParser(path=str(app), build_args={})
    steps = [(it["instruction"], it["value"]) for it in parsed.structure]
    _require_packages(steps)
    begun = steps.index(("USER", str(USER_ID)))
    here = str(app.parent)

    def placed(text: str) -> str:
        return text.replace(HOME, here)

    env = {name: placed(value) for name, value in parsed.envs.items()}
    own = f"http://{HOST}:{PORT}"
    # A page that has its Space's address built in is built for this machine's.
    env |= {name: value for name, value in variant.env(PAGE_NAME, PLACES).items() if own in value}
    setup = [_argv(placed(value)) for name, value in steps[begun:] if name == "RUN"]
    copies = [
        _copied(placed(value)) for name, value in steps[begun:] if name == "COPY" and not value.endswith((" ./", " ."))
    ]
    (command,) = (_argv(placed(value)) for name, value in steps if name == "CMD")
    return Recipe([*copies, *setup], command, env)


def _of_sdk(variant: Variant, front: FrontMatter, app: Path) -> Recipe:
    """Return what a framework's own SDK does: requirements and framework in one go, then the app's file."""
    environment = app.parent / "environment"
    framework = f"{variant.entry.table.package}=={front.sdk_version}"
    setup = [
        ["python", "-m", "venv", str(environment)],
        [
            str(environment / "bin" / "pip"),
            "install",
            "--quiet",
            "-r",
            "requirements.txt",
            framework,
        ],
    ]
    env = {
        "PATH": f"{environment / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        **space_needs(variant).env,
    }
    return Recipe(setup, ["python", front.app_file or "app.py"], env)


def _require_packages(steps: Sequence[tuple[str, str]]) -> None:
    """Raise UserError when Debian's packages that a Dockerfile installs aren't on this machine."""
    for name, value in steps:
        if name != "RUN" or "apt-get install" not in value:
            continue
        words = value.partition("apt-get install")[2].partition("&&")[0].split()
        for package in (it for it in words if not it.startswith("-")):
            if not (shutil.which(COMMANDS.get(package, package)) or _is_installed(package)):
                raise UserError(f"This Space needs Debian's {package}, which isn't here: apt-get install {package}.")


def _is_installed(package: str) -> bool:
    return subprocess.run(["dpkg", "-s", package], capture_output=True).returncode == 0


def _argv(value: str) -> list[str]:
    """Return a command of a Dockerfile, which is a list in JSON or a line for a shell."""
    return list(json.loads(value)) if value.startswith("[") else ["sh", "-c", value]


def _copied(value: str) -> list[str]:
    """Return the command that does what a COPY does which goes elsewhere than into the app."""
    *files, target = [part for part in shlex.split(value) if not part.startswith("--")]
    return ["sh", "-c", f"mkdir -p {shlex.quote(target)} && cp {shlex.join(files)} {shlex.quote(target)}"]


def _carry_out(command: Sequence[str], app: Path, env: Mapping[str, str]) -> None:
    result = subprocess.run(
        command, cwd=app, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_S
    )
    if result.returncode:
        said = [*result.stdout.strip().splitlines(), *result.stderr.strip().splitlines()][-LAST_LINES:]
        raise UserError(f"The Space can't be set up: `{shlex.join(command)[:200]}` says: {' | '.join(said)}")


def _as_user() -> list[str]:
    """Return what a command is put behind to be run by a user without rights of its own; nothing where this one has none."""
    if os.geteuid():
        return []
    if not shutil.which("setpriv"):
        raise UserError("setpriv isn't here, which starts a program as another user: apt-get install util-linux.")
    without_rights = ("--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all")
    return ["setpriv", f"--reuid={USER_ID}", f"--regid={USER_ID}", "--clear-groups", *without_rights]


def _path(recipe: Recipe, home: Path, as_user: Sequence[str]) -> str:
    """Return the recipe's PATH with a `python` in it that its user may run, as the base image has one."""
    shims = home / "bin"
    shims.mkdir(exist_ok=True)
    (shims / "python").symlink_to(_python(as_user))
    parts = recipe.env["PATH"].split(":")
    parts.insert(parts.index("/usr/local/bin"), str(shims))
    return ":".join(parts)


def _python(as_user: Sequence[str]) -> str:
    """Return a Python that the user may run and that can make environments. Raises UserError where there is none."""
    base = str(Path(sys._base_executable).resolve())  # type: ignore[attr-defined]
    for candidate in (base, "/usr/bin/python3", "/usr/local/bin/python3"):
        # By a shell of the user's, as the one that starts it may still see what the user can't.
        asks = f"{shlex.quote(candidate)} -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))'"
        asked = [*as_user, "sh", "-c", asks]
        if Path(candidate).exists() and subprocess.run(asked, capture_output=True, cwd="/").returncode == 0:
            return candidate
    raise UserError("There is no Python 3.11 or newer here that another user may run: apt-get install python3-venv.")


def _inherited() -> dict[str, str]:
    """Return the variables that say how packages are fetched, which is the machine's affair."""
    return {name: value for name, value in os.environ.items() if name.lower().startswith((*NETWORK, "pip_"))}


def _on_loopback(app: Path) -> bool:
    """Have the files of an app listen to this machine alone; return whether any of them listened to others."""
    found = False
    for file in app.iterdir():
        if file.is_file() and file.suffix in (".py", ".sh", ".json"):
            text = file.read_text(encoding="utf-8")
            if ANYWHERE in text:
                file.write_text(text.replace(ANYWHERE, HOST), encoding="utf-8")
                found = True
    return found


@contextmanager
def _files(directory: Path, headers: CustomHeaders | None) -> Iterator[None]:
    """Serve files as a static Space does, with the headers of its front matter."""
    extra = headers.model_dump(by_alias=True) if headers else {}

    class Files(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def end_headers(self) -> None:
            for name, value in extra.items():
                self.send_header(name, value)
            super().end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a browser may close a connection, and a file that is missed is told by what the page shows."""

    with Server((HOST, PORT), partial(Files, directory=str(directory))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
