"""What an entry has to build before it can be served: made once for each state of its sources, in a copy of its directory."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyuibench.contract.scenarios import PageName
from pyuibench.entries.catalog import Entry, Variant
from pyuibench.errors import UserError
from pyuibench.project import CACHE
from pyuibench.serving.environment import Environment, alone

RECORD = "pyuibench-build.json"
CELLS_VARIABLE = "PYUIBENCH_GRID_CELLS"
"""How many cells the scaling page has: all of the grid that a build depends on. What a cell costs is spent when it's computed."""
DEFAULT_CELLS = 10
KEPT = "build-cache"
"""The directory of an environment in which its builds keep what they have downloaded and unpacked."""
LIMIT_S = 600
MOST_LINES = 3
# How a build reaches the network: package managers, proxies, and the authorities whose certificates are trusted; and where wheels
# for Pyodide are, which no index has.
NETWORK = (
    "npm_config_",
    "uv_",
    "pyuibench_wheels",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "ssl_cert_",
    "node_extra_ca_certs",
    "requests_ca_bundle",
    "curl_ca_bundle",
)


@dataclass(frozen=True)
class Build:
    """A page that can be served from `directory`. `build_s` was measured when it was made; `size_bytes` is what it added."""

    directory: Path
    build_s: float = 0.0
    size_bytes: int = 0


def prepare(
    variant: Variant,
    page: PageName,
    environment: Environment,
    cells: int = DEFAULT_CELLS,
    cache: Path = CACHE / "builds",
) -> Build:
    """Return the page's build, making it if there is none for these sources; the entry's own directory if it needs none.

    A page of another contract is built of the entry's files with its own laid over them.

    The scaling page is built for each number of cells, which its code may ask for when the page is made.
    Raises UserError when the build fails.
    """
    entry = variant.entry
    if not (entry.table.build or entry.overlay):
        return Build(entry.directory)
    size = f"-{cells}" if page == "grid" else ""
    directory = cache / f"{entry.name}-{variant.name}-{page}{size}-{entry.source_hash()}-{environment.directory.name}"
    with alone(directory):
        if not (directory / RECORD).is_file():
            # Builds of one environment share what its package managers keep, which isn't made for two at a time.
            with alone(environment.directory / KEPT):
                _make(variant, page, environment, cells, directory)
        record = json.loads((directory / RECORD).read_text())
    return Build(directory, record["build_s"], record["size_bytes"])


def process_env(
    variant: Variant, page: PageName, environment: Environment, home: Path, places: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment variables of a process of the entry: a clean set, to which the entry adds its own."""
    commands = (environment.bin, environment.directory / "node_modules" / ".bin", "/usr/local/bin", "/usr/bin", "/bin")
    return {
        "PATH": os.pathsep.join(map(str, commands)),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        **variant.env(page, places),
    }


def places_of(environment: Environment, port: int | None) -> dict[str, str]:
    """Return what commands and variables of an entry can name: `{environment}`, and `{port}` where there is one."""
    return {"environment": str(environment.directory), **({"port": str(port)} if port else {})}


def _make(variant: Variant, page: PageName, environment: Environment, cells: int, directory: Path) -> None:
    """Make what is served of a copy of the entry, and record what that took; last, as a build without a record was cut off."""
    _copy(variant.entry, directory)
    before = _size_bytes(directory)
    start = time.monotonic()
    if variant.entry.table.build:
        _build(variant, page, environment, cells, directory)
    build_s = time.monotonic() - start
    record = {"build_s": round(build_s, 3), "size_bytes": _size_bytes(directory) - before}
    (directory / RECORD).write_text(json.dumps(record))


def _copy(entry: Entry, directory: Path) -> None:
    """Copy an entry's files, and over them those of its page of another contract."""
    ignored = shutil.ignore_patterns(".*", "__pycache__")
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(entry.directory, directory, ignore=ignored)
    if entry.overlay:
        shutil.copytree(entry.overlay, directory, ignore=ignored, dirs_exist_ok=True)


def _build(variant: Variant, page: PageName, environment: Environment, cells: int, directory: Path) -> None:
    """Run the entry's build in a copy of it. Raises UserError when it fails."""
    places = places_of(environment, variant.entry.table.port)
    with tempfile.TemporaryDirectory(prefix="pyuibench-home-", ignore_cleanup_errors=True) as home:
        env = {CELLS_VARIABLE: str(cells), **process_env(variant, page, environment, Path(home), places)}
        # What package managers download and unpack is kept for the next build, which may link to it.
        env["XDG_CACHE_HOME"] = str(environment.directory / KEPT)
        # Where packages come from is the machine's affair; some package managers read this one spelling only.
        env |= {name: value for name, value in os.environ.items() if name.lower().startswith(NETWORK)}
        env["NPM_CONFIG_REGISTRY"] = _registry()
        try:
            result = subprocess.run(
                variant.build(page, places),
                cwd=directory,
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
            )
        except (subprocess.TimeoutExpired, OSError) as error:
            raise UserError(f"The {page} page of {variant.id} can't be built: {error}.") from error
    if result.returncode:
        log = directory.parent / f"{directory.name}.log"
        log.write_text(f"{result.stdout}\n{result.stderr}", encoding="utf-8")
        lines = [line.strip() for line in (result.stderr.strip() or result.stdout).splitlines() if line.strip()]
        raise UserError(
            f"The {page} page of {variant.id} can't be built: {' | '.join(lines[-MOST_LINES:])} (all it said is in {log})"
        )


def _registry() -> str:
    """Return what the machine's npm has configured, which a build with a home of its own would not find."""
    command = [str(Path(sys.executable).parent / "npm"), "config", "get", "registry"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _size_bytes(directory: Path) -> int:
    return sum(file.lstat().st_size for file in directory.rglob("*") if file.is_file())
