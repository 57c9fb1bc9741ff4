"""Isolated virtual environments, built by uv from the variants' locks. Variants with the same lock share one."""

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from uv import find_uv_bin

from pyuibench.entries.catalog import Entry, Variant
from pyuibench.errors import UserError
from pyuibench.project import CACHE, PYODIDE_SITE, WORKLOAD

RECORD = "pyuibench.json"


@dataclass(frozen=True)
class Environment:
    """A ready environment. `install_s` was measured when it was built; `versions` maps package -> version."""

    directory: Path
    install_s: float
    size_bytes: int
    versions: Mapping[str, str]

    @property
    def bin(self) -> Path:
        """Return where its commands are."""
        return self.directory / "bin"

    @property
    def site_packages(self) -> Path:
        """Return where its packages are."""
        return next((self.directory / "lib").glob("python*")) / "site-packages"


def prepare(variant: Variant, cache: Path = CACHE / "envs") -> Environment:
    """Return the variant's environment, building it if there is none for this lock, workload and interpreter.

    Of several processes that ask for the same one, one builds it and the others wait. Raises UserError when the lock is missing
    or uv can't install it.
    """
    if not variant.lock.is_file():
        raise UserError(f"{variant.entry.name} has no {variant.lock.name}; lock it as CONTRIBUTING.md says.")
    directory = cache / _key(variant)
    with alone(directory):
        if not (directory / RECORD).is_file():
            _build(variant, directory)
        record = json.loads((directory / RECORD).read_text())
    return Environment(directory, record["install_s"], record["size_bytes"], record["versions"])


def lock_hash(variant: Variant) -> str:
    """Return a short hash of the variant's lock."""
    return hashlib.sha256(variant.lock.read_bytes()).hexdigest()[:12]


def _key(variant: Variant) -> str:
    digest = hashlib.sha256(variant.lock.read_bytes() + sys.version.encode())
    if variant.entry.npm_lock.is_file():
        digest.update(variant.entry.npm_lock.read_bytes())
    for package in _own_packages(variant):
        for source in sorted((package / "src").rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def _own_packages(variant: Variant) -> tuple[Path, ...]:
    """Return the project's own packages that an environment has: the workload, and what makes a site where Python runs there."""
    return (WORKLOAD, PYODIDE_SITE) if variant.runs_in == "browser" else (WORKLOAD,)


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Hold a lock file beside a directory; the kernel lets go of it when this process ends, however it ends."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{directory}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(variant: Variant, directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    python = directory / "bin" / "python"
    start = time.monotonic()
    _uv(variant, "venv", "--quiet", "--python", sys.executable, str(directory))
    install = ("pip", "install", "--quiet", "--python", str(python), "--compile-bytecode")
    _uv(variant, *install, "--require-hashes", "--requirement", str(variant.lock))
    _uv(variant, *install, "--no-deps", *map(str, _own_packages(variant)))
    if variant.entry.npm_lock.is_file():
        _npm(variant.entry, directory)
    install_s = time.monotonic() - start
    listed = _uv(variant, "pip", "list", "--quiet", "--python", str(python), "--format", "json")
    environment = Environment(
        directory,
        round(install_s, 3),
        sum(file.lstat().st_size for file in directory.rglob("*") if file.is_file()),
        {**variant.entry.npm_versions(), **{package["name"]: package["version"] for package in json.loads(listed)}},
    )
    record = {name: value for name, value in asdict(environment).items() if name != "directory"}
    # Written last: an environment without it was cut off, and is built anew.
    (directory / RECORD).write_text(json.dumps(record, indent=1))


def _npm(entry: Entry, directory: Path) -> None:
    """Install the entry's npm packages, pinned and hashed by its package-lock.json, without running any script of theirs."""
    for name in ("package.json", entry.npm_lock.name):
        shutil.copy(entry.directory / name, directory / name)
    npm = Path(sys.executable).parent / "npm"
    command = [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=directory)
    if result.returncode:
        said = " ".join(result.stderr.split()) or "no reason given"
        raise UserError(f"The npm packages of {entry.name} can't be installed from {entry.npm_lock}: {said[:300]}")


def _uv(variant: Variant, *arguments: str) -> str:
    result = subprocess.run([find_uv_bin(), *arguments], capture_output=True, text=True, cwd=variant.entry.directory)
    if result.returncode:
        said = " ".join(result.stderr.split()) or "no reason given"
        raise UserError(f"The environment of {variant.entry.name} can't be built from {variant.lock}: {said[:300]}")
    return result.stdout
