"""The packages of a site: pinned wheels for Pyodide, unpacked into one folder.

A site's `pyodide.lock` pins what it needs, with hashes, as uv writes it. What is pure Python comes from the package index, and so
does what its authors have compiled for Pyodide. The rest comes from folders that `PYUIBENCH_WHEELS` names, or else from where
Pyodide itself has it, checked by Pyodide's own lock.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WHEELS_VARIABLE = "PYUIBENCH_WHEELS"
LOCK = "pyodide.lock"
UV_KNOWS = frozenset({"2024_0", "2025_0"})
"""The platforms of Pyodide, by ABI, that uv can install for. For a newer one pip does, which takes any name of a platform."""
TIMEOUT_S = 120


class PackagesError(Exception):
    """The packages can't be had; the text says what to do."""


@dataclass(frozen=True)
class Pinned:
    """A package of a lock: its name as the index compares it, its version, the hashes that it may have, and its lines."""

    name: str
    version: str
    hashes: frozenset[str]
    lines: str


def read_lock(lock: Path) -> tuple[Pinned, ...]:
    """Return the packages of a lock. Raises PackagesError for one without hashes."""
    found = []
    for lines in re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip()):
        if lines.startswith("#"):
            continue
        pinned = re.match(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)", lines)
        hashes = frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", lines))
        if not pinned or not hashes:
            raise PackagesError(f"{lock}: {lines.splitlines()[0]!r} is no pinned package with hashes.")
        found.append(Pinned(normalised(pinned["name"]), pinned["version"], hashes, lines))
    return tuple(found)


def normalised(name: str) -> str:
    """Return a package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def unpack(lock: Path, pyodide: Path, target: Path) -> None:
    """Unpack the packages of a lock into a folder. `pyodide`: the folder of Pyodide's own package, with its lock.

    Raises PackagesError when one can't be had.
    """
    known = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    compiled = {
        normalised(it["name"]): it for it in known["packages"].values() if it["file_name"].endswith("wasm32.whl")
    }
    on_the_index = []
    for package in read_lock(lock):
        with _wheel(package, compiled, pyodide) as wheel:
            if wheel is None:
                on_the_index.append(package)
            else:
                with zipfile.ZipFile(wheel) as archive:
                    archive.extractall(target)
    _install(on_the_index, target, known["info"])


@contextmanager
def _wheel(package: Pinned, compiled: Mapping[str, Any], pyodide: Path) -> Iterator[Path | None]:
    """Give the wheel of a package that the index doesn't have, as a file for as long as it is needed; None for any other one."""
    own = compiled.get(package.name)
    with tempfile.TemporaryDirectory(prefix="pyuibench-wheel-") as directory:
        if found := next(_in_folders(package), None):
            yield found
        elif own and own["version"] == package.version:
            yield _downloaded(own, pyodide, Path(directory))
        else:
            yield None


def _in_folders(package: Pinned) -> Iterator[Path]:
    """Yield the wheels of a package that are in the folders that the variable names, if the lock has their hash."""
    for folder in filter(None, os.environ.get(WHEELS_VARIABLE, "").split(os.pathsep)):
        for file in sorted(Path(folder).glob("*.whl")):
            name, version, *_ = file.name.split("-")
            is_it = normalised(name) == package.name and version == package.version
            if is_it and hashlib.sha256(file.read_bytes()).hexdigest() in package.hashes:
                yield file


def _downloaded(known: Mapping[str, Any], pyodide: Path, directory: Path) -> Path:
    """Return a wheel from where Pyodide has it, which its own module says."""
    script = (pyodide / "pyodide.mjs").read_text(encoding="utf-8")
    base = re.search(r"https://[^\"'`]+?/full/", script)
    name = str(known["file_name"])
    hint = f"name a folder with {name} in {WHEELS_VARIABLE}"
    if not base:
        raise PackagesError(f"Pyodide doesn't say where its packages are; {hint}.")
    version = json.loads((pyodide / "package.json").read_text(encoding="utf-8"))["version"]
    address = re.sub(r"\$\{\w+\}", version, base[0])
    try:
        with urllib.request.urlopen(address + name, timeout=TIMEOUT_S) as answer:
            content = answer.read()
    except OSError as error:
        raise PackagesError(f"{name} can't be fetched from {address} ({error}); allow that, or {hint}.") from error
    if hashlib.sha256(content).hexdigest() != known["sha256"]:
        raise PackagesError(f"{address}{name} isn't the file that Pyodide's lock names; {hint}.")
    file = directory / name
    file.write_bytes(content)
    return file


def _install(packages: list[Pinned], target: Path, info: Mapping[str, str]) -> None:
    """Install what the index has for Pyodide, each with its hash, without what it depends on: the lock names it all."""
    if not packages:
        return
    with tempfile.TemporaryDirectory(prefix="pyuibench-lock-") as directory:
        lock = Path(directory) / LOCK
        lock.write_text("\n".join(package.lines for package in packages) + "\n", encoding="utf-8")
        command = [*installer(info["abi_version"], info["python"]), "--quiet", "--no-deps", "--require-hashes"]
        command += ["--only-binary", ":all:", "--target", str(target), "--requirement", str(lock)]
        result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise PackagesError(f"The packages of the site can't be installed: {' '.join(result.stderr.split())}")


def installer(abi: str, python: str) -> list[str]:
    """Return the command that installs for a Pyodide: its ABI as `2025_0`, its Python's version as `3.13.2`."""
    version = ".".join(python.split(".")[:2])
    if abi in UV_KNOWS:
        platform = f"wasm32-pyodide{abi.partition('_')[0]}"
        return [
            _uv(),
            "pip",
            "install",
            "--python-platform",
            platform,
            "--python-version",
            version,
            "--link-mode",
            "copy",
        ]
    # It compares what a package wants with the Python that it runs on, and would compile for that one.
    command = [sys.executable, "-m", "pip", "install", "--ignore-requires-python", "--no-compile"]
    command += ["--platform", f"pyemscripten_{abi}_wasm32", "--python-version", version, "--implementation", "cp"]
    for tag in (f"cp{version.replace('.', '')}", "abi3", "none"):
        command += ["--abi", tag]
    return command


def _uv() -> str:
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.is_file() else shutil.which("uv")
    if not found:
        raise PackagesError("There is no uv; the entry's requirements.lock must have it.")
    return found
