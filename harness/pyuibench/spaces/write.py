"""Writes an entry's variant as a directory that Hugging Face Spaces run: static files, a framework's own SDK, or Docker."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from pyuibench.contract.scenarios import PageName
from pyuibench.entries.catalog import LOCK, Variant
from pyuibench.entries.sources import CHANGES, CLAIMS, DEPLOYMENT, LIFETIME, MESSAGES, METADATA, PAGE, SPACE
from pyuibench.entries.space import DOCKER, SpaceNeeds, space_needs
from pyuibench.errors import UserError
from pyuibench.project import WORKLOAD
from pyuibench.serving import builds, environment
from pyuibench.serving.ports import HOST
from pyuibench.spaces.card import STATIC, CustomHeaders, FrontMatter, card
from pyuibench.spaces.dockerfile import ENVIRONMENT, PORT, Served, dockerfile

PYTHON = "3.11"
ANYWHERE = "0.0.0.0"
PAGE_NAME: PageName = "app"
PLACES = {"environment": ENVIRONMENT, "port": str(PORT), "workers": "1"}
VARIABLES = "/*environment*/"
"""Stands in a site's pages where a measured one gets variables from its file server; a Space has none."""
LARGE_BYTES = 10_000_000
"""Spaces take larger files by Git LFS alone."""
HEADERS = CustomHeaders.model_validate(
    {
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "cross-origin",
    }
)
LEFT_OUT = (CLAIMS, LIFETIME, DEPLOYMENT, SPACE, MESSAGES, METADATA, "client.py", "NOTES.md")
_PINNED = re.compile(
    r"^(?P<name>[\w.\-]+)(?P<extras>\[[^\]]+\])?==(?P<version>[^\s\\;]+)(?P<marker>\s*;[^\\]+)?", re.MULTILINE
)


def write(variant: Variant, directory: Path, address: str | None = None) -> Path:
    """Write a variant's app page as a Space and return the directory.

    `address` is that of the Space, which some frameworks' builds have in them. Raises UserError for a directory that isn't empty,
    a variant that no Space can run, and one that needs the address where there is none.
    """
    if directory.exists() and any(directory.iterdir()):
        raise UserError(f"{directory} isn't empty; name a directory that isn't there yet.")
    needs = space_needs(variant)
    if needs.impossible:
        raise UserError(f"{variant.id} can't run on a Space: {needs.impossible}")
    env = _env(variant, address)
    directory.mkdir(parents=True, exist_ok=True)
    if variant.runs_in == "browser":
        _write_static(variant, needs, directory)
    elif needs.sdk == DOCKER:
        _write_docker(variant, needs, directory, env)
    else:
        _write_of_sdk(variant, needs, directory)
    _name_large_files(directory)
    return directory


def _env(variant: Variant, address: str | None) -> dict[str, str]:
    """Return the variables of the app; where one names the page's own address, with that of the Space."""
    own = f"http://{HOST}:{PORT}"
    env = variant.env(PAGE_NAME, PLACES)
    if address is None and any(own in value for value in env.values()):
        raise UserError(
            f"What {variant.entry.name} builds has its own address in it; give the Space's with "
            "--address https://OWNER-SPACE.hf.space."
        )
    return {name: value.replace(own, address or "") for name, value in env.items()}


def _write_static(variant: Variant, needs: SpaceNeeds, directory: Path) -> None:
    built = builds.prepare(variant, PAGE_NAME, environment.prepare(variant))
    shutil.copytree(built.directory / "site", directory, dirs_exist_ok=True)
    for page in directory.rglob("*.html"):
        _replace(page, {VARIABLES: "{}"})
    _write_card(variant, needs, directory, sdk=STATIC, app_file="index.html", custom_headers=HEADERS)


def _write_of_sdk(variant: Variant, needs: SpaceNeeds, directory: Path) -> None:
    """Write what a framework's own SDK runs. It installs requirements and framework in one go, so none can have a hash."""
    _copy_app(variant, needs, directory)
    file = variant.code_files(PAGE_NAME)[0].name
    lock = variant.lock.read_text(encoding="utf-8")
    pinned = [it for it in _PINNED.finditer(lock) if it["name"] != variant.entry.table.package]
    lines = [f"{it['name']}{it['extras'] or ''}=={it['version']}{(it['marker'] or '').rstrip()}" for it in pinned]
    (directory / "requirements.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")
    # Beside the app, where Python looks first: the SDK installs nothing from a directory.
    shutil.copytree(WORKLOAD / "src" / "workload", directory / "workload", ignore=shutil.ignore_patterns("__pycache__"))
    _write_card(
        variant, needs, directory, sdk=needs.sdk, sdk_version=_version(variant), python_version=PYTHON, app_file=file
    )


def _write_docker(variant: Variant, needs: SpaceNeeds, directory: Path, env: Mapping[str, str]) -> None:
    _copy_app(variant, needs, directory)
    shutil.copy(variant.lock, directory / "requirements.txt")
    shutil.copytree(
        WORKLOAD, directory / "workload", ignore=shutil.ignore_patterns("__pycache__", "tests", "benchmarks", ".*")
    )
    command = [part.replace(HOST, ANYWHERE) for part in variant.command(PAGE_NAME, PLACES)]
    has_npm = variant.entry.npm_lock.is_file()
    packages = (*needs.packages, *(("nodejs", "npm") if has_npm else ()))
    served = Served(
        PYTHON, packages, env, variant.build(PAGE_NAME, PLACES), [*command, *needs.arguments], has_npm=has_npm
    )
    (directory / "Dockerfile").write_text(dockerfile(served), encoding="utf-8")
    (directory / ".dockerignore").write_text(".git\nDockerfile\nREADME.md\n", encoding="utf-8")
    _write_card(variant, needs, directory, sdk=DOCKER, app_port=PORT)


def _copy_app(variant: Variant, needs: SpaceNeeds, directory: Path) -> None:
    """Copy an entry's files without those of its other pages and variants, and with what a Space has otherwise."""
    entry = variant.entry
    others = {file for it in entry.variants for page in ("app", "grid") if (file := it.page_file(page))}
    others -= set(variant.code_files(PAGE_NAME))

    def left_out(place: str, names: list[str]) -> set[str]:
        here = Path(place)
        return {
            name
            for name in names
            if name in (*LEFT_OUT, CHANGES, "__pycache__", LOCK)
            or name.startswith(".")
            or name.endswith(".lock")
            or (here / name / PAGE).is_file()
            or here / name in others
        }

    shutil.copytree(entry.directory, directory, ignore=left_out, dirs_exist_ok=True)
    for file in (it for it in directory.rglob("*") if it.is_file()):
        _replace(file, needs.replace)


def _replace(file: Path, texts: Mapping[str, str]) -> None:
    try:
        before = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    after = before
    for old, new in texts.items():
        after = after.replace(old, new)
    if after != before:
        file.write_text(after, encoding="utf-8")


def _write_card(variant: Variant, needs: SpaceNeeds, directory: Path, **fields: object) -> None:
    table = variant.entry.table
    front = FrontMatter.model_validate(
        {
            "title": f"pyuibench {variant.id}",
            "emoji": needs.emoji,
            "colorFrom": "blue",
            "colorTo": "gray",
            "short_description": f"The pyuibench reference app in {table.title}"[:60],
            "license": "apache-2.0",
            **fields,
        }
    )
    text = (
        f"# The pyuibench reference app in {table.title}\n\n"
        f"{variant.table.about}\n\n"
        f"{table.title} {_version(variant)}, variant `{variant.name}`. Written by `pyuibench export {variant.id}`. "
        "The same app is written in other Python UI frameworks, proven to do the same, and measured.\n"
    )
    (directory / "README.md").write_text(card(front, text), encoding="utf-8")


def _version(variant: Variant) -> str:
    return variant.entry.locked_version()


def _name_large_files(directory: Path) -> None:
    """Have Git LFS keep the files that Spaces wouldn't take otherwise."""
    large = sorted(
        file.relative_to(directory).as_posix()
        for file in directory.rglob("*")
        if file.is_file() and file.stat().st_size > LARGE_BYTES
    )
    if large:
        lines = [f"{name} filter=lfs diff=lfs merge=lfs -text" for name in large]
        (directory / ".gitattributes").write_text("\n".join([*lines, ""]), encoding="utf-8")
