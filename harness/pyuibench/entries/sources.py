"""What runs of an entry: its hash keeps the results, builds and proof of one version apart from those of another.

Prose is left out: Markdown, comments, docstrings, and what the metadata says in words. So are caches, and the files named here,
which no measured app is made of.
"""

import ast
import json
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pyuibench.contract.identity import canonical, short_hash

CLAIMS = "claims.toml"
"""What is said of the framework: it is asked of a run that is there already."""
LIFETIME = "lifetime.toml"
"""What is set of a closed session's lifetime, in loads only."""
DEPLOYMENT = "deployment.toml"
"""How the app is deployed with more workers, in loads only."""
SPACE = "space.toml"
"""What a Hugging Face Space of the app needs, which isn't measured."""
MESSAGES = "messages.toml"
"""Where the wire client knowingly parts from the page."""
CHANGES = "changes"
"""The directory of what it takes to change the app, which isn't run when measuring."""
METADATA = "pyproject.toml"
PAGE = "page.toml"
"""Makes a directory that of a page of another contract, which has a hash of its own."""
# Of the project's own table; its name, version and description run nothing.
_INSTALLED = ("dependencies", "optional-dependencies", "requires-python")
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def hash_of(directory: Path, metadata: Mapping[str, Any]) -> str:
    """Return a short hash of what runs of an entry: of its files, and of `metadata`, what runs of its own table."""
    files = {
        path.as_posix(): short_hash(_running(directory, path))
        for file in directory.rglob("*")
        if file.is_file() and _is_run(path := file.relative_to(directory)) and not _is_of_other_page(directory, path)
    }
    return short_hash(canonical([metadata, files]))


def hash_of_code(files: Iterable[tuple[Path, Path]]) -> str:
    """Return a short hash of what runs of files, each a directory and a path in it: prose in Python code changes nothing."""
    running = {
        f"{directory.name}/{path.as_posix()}": short_hash(_running(directory, path)) for directory, path in files
    }
    return short_hash(canonical(running))


def hash_of_package(directory: Path) -> str:
    """Return a short hash of what runs of one of the project's own packages."""
    source = directory / "src"
    return hash_of_code((source, file.relative_to(source)) for file in source.rglob("*.py"))


def _is_run(path: Path) -> bool:
    """Return whether a file of an entry, by its path in the directory, is part of what runs in every measurement."""
    return (
        path.suffix != ".md"
        and path.name not in (CLAIMS, LIFETIME, DEPLOYMENT, SPACE, MESSAGES)
        and not any(part.startswith(".") or part in ("__pycache__", CHANGES) for part in path.parts)
    )


def _is_of_other_page(directory: Path, path: Path) -> bool:
    """Return whether a file belongs to a page of another contract, by its path in the directory."""
    return len(path.parts) > 1 and (directory / path.parts[0] / PAGE).is_file()


def _running(directory: Path, path: Path) -> bytes:
    """Return what of a file runs."""
    content = (directory / path).read_bytes()
    if path == Path(METADATA):
        # Of what TOML knows, dates alone have to become text.
        return json.dumps(_installed(content), sort_keys=True, default=str).encode()
    return _code(content) if path.suffix == ".py" else content


def _installed(pyproject: bytes) -> dict[str, Any]:
    """Return what a `pyproject.toml` says beside the entry's own table: what is installed, and what other tools read in it."""
    tables = tomllib.loads(pyproject.decode())
    project = tables.pop("project", {})
    tables["tool"] = {name: table for name, table in tables.get("tool", {}).items() if name != "pyuibench"}
    return {**tables, "project": {name: project[name] for name in _INSTALLED if name in project}}


@lru_cache(maxsize=1024)
def _code(source: bytes) -> bytes:
    """Return Python source as its syntax tree, without comments, layout and docstrings; as it is where it doesn't parse.

    Kept by content: the same files are asked for once for each variant.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return source
    return _tree(tree).encode()


def _tree(node: object) -> str:
    """Return a syntax tree as text that is the same under every version of Python: fields that are empty are left out."""
    if isinstance(node, list):
        return f"[{','.join(map(_tree, node))}]"
    if not isinstance(node, ast.AST):
        return ascii(node)
    fields = {name: value for name, value in ast.iter_fields(node) if value is not None and value != []}
    if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
        fields["body"] = node.body[1:]
    return f"{type(node).__name__}({','.join(f'{name}={_tree(value)}' for name, value in fields.items())})"
