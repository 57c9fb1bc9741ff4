"""Proves a written Space as far as one machine can: as Spaces would do it, not on Spaces.

Its files are committed to a git repository and cloned, as they get to a Space. The clone is set up and served as its Dockerfile
says, or as the SDK does; by a user without rights, where this one is root. There is no container and no base image: Debian's
packages that the Dockerfile installs must be on this machine.
"""

import itertools
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from pyuibench.contract.states import initial_texts
from pyuibench.contract.walks import app_actions
from pyuibench.entries.catalog import Variant
from pyuibench.errors import UserError
from pyuibench.instruments.browser.page import Page
from pyuibench.serving.ports import HOST
from pyuibench.spaces.card import FrontMatter, read_card
from pyuibench.spaces.dockerfile import PORT
from pyuibench.spaces.framed import wrong_in_frame
from pyuibench.spaces.lint import linted
from pyuibench.spaces.running import RunningSpace, served
from pyuibench.verify.browser import HOLD_MS, check_actions, check_load

STEPS = 10
URL = f"http://{HOST}:{PORT}"


@dataclass(frozen=True)
class Step:
    """One thing that was looked at: what it is, and what is wrong; nothing where it is as it should be."""

    what: str
    wrong: tuple[str, ...] = ()


def check(browser: Browser, variant: Variant, space: Path) -> Iterator[Step]:
    """Yield what was looked at of a variant's Space, one after the other; the rest needs the page, and is left where that fails.

    Raises UserError for a directory that is no Space, and where this machine lacks what the Space needs.
    """
    if not (space / "README.md").is_file():
        raise UserError(f"{space} is no Space: it has no README.md.")
    front = read_card((space / "README.md").read_text(encoding="utf-8"))
    yield Step(f"front matter: the {front.sdk} SDK")
    if (space / "Dockerfile").is_file():
        yield Step("Dockerfile, by hadolint", linted(space / "Dockerfile"))
    with tempfile.TemporaryDirectory(prefix="pyuibench-space-", ignore_cleanup_errors=True) as name:
        yield from _run(browser, variant, front, _cloned(space, Path(name)))


def _run(browser: Browser, variant: Variant, front: FrontMatter, clone: Path) -> Iterator[Step]:
    with served(variant, front, clone) as running:
        yield Step(f"set up and started by {running.user}, answers on port {PORT}")
        yield Step(
            "would listen to other machines", () if running.is_public else (f"only {HOST} could reach port {PORT}",)
        )
        wrong = tuple(_wrong_in_page(browser, variant, running))
        yield Step(f"the page: first state, {STEPS} actions", wrong)
        if not wrong:
            framed = tuple(wrong_in_frame(browser, variant, URL))
            yield Step("the page in a frame of another site, without cookies and storage there", framed)


def _wrong_in_page(browser: Browser, variant: Variant, running: RunningSpace) -> Iterator[str]:
    initial = initial_texts("app", 0)
    actions = tuple(itertools.islice(app_actions(1), STEPS))
    with Page(browser, variant, URL, initial, HOLD_MS) as page:
        seen = list(check_load(page, initial)) or list(check_actions(page, variant, initial, actions, running.ledger))
        yield from (f"{it.check}: {it.message}" for it in seen if not it.is_note)
        yield from (f"outside: asked {url}" for url in page.outside_requests)


def _cloned(space: Path, place: Path) -> Path:
    """Return a clone of a Space's files, made of one commit."""
    origin, home = place / "origin", place / "home"
    as_nobody = ["-c", "user.name=pyuibench", "-c", "user.email=pyuibench@localhost", "-c", "core.hooksPath=/dev/null"]
    files = ["--git-dir", str(origin), "--work-tree", str(space.resolve())]
    for command in (
        ["init", "--quiet", "--bare", str(origin)],
        [*files, "add", "--all", "--force"],
        [*files, *as_nobody, "commit", "--quiet", "--message", "A Space"],
        ["clone", "--quiet", "--no-hardlinks", str(origin), str(home / "app")],
    ):
        result = subprocess.run(["git", *command], capture_output=True, text=True, cwd=space)
        if result.returncode:
            raise UserError(f"git can't commit the files of {space}: {' '.join(result.stderr.split())}")
    # Another user must get there.
    place.chmod(0o755)
    return home / "app"
