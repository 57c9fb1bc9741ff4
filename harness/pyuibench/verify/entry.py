"""Checks of an entry's directory, before anything is started: what is still to be written or filled in."""

import ast
import re
from collections.abc import Iterator

from pyuibench.catalog import Entry, Variant
from pyuibench.spec import SCENARIOS, PageName

LOCK_COMMAND = (
    "uv pip compile pyproject.toml ../workload/pyproject.toml -c ../workload/constraints.txt --universal "
    "--python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements.lock"
)


def check_entry(variant: Variant) -> Iterator[tuple[str, str]]:
    """Yield (check, message) for everything that is missing in a variant's directory and metadata."""
    entry = variant.entry
    if not entry.lock.is_file():
        yield "lock", f"there is no requirements.lock; in {entry.directory} run `{LOCK_COMMAND}`"
    elif re.search(r"^-|https?://", entry.lock.read_text(), re.MULTILINE):
        yield "lock", "requirements.lock names an address or an option of pip; lock it without addresses"
    if not (variant.table.command or entry.table.command):
        yield "command", "command is empty: say how a page is served"
    yield from _texts(variant)
    yield from _gestures(entry)
    yield from _pages(variant)
    yield from _client(variant)
    if not (entry.directory / "NOTES.md").is_file():
        yield "notes", "there is no NOTES.md: say what was chosen and why, with the documentation pages"


def _texts(variant: Variant) -> Iterator[tuple[str, str]]:
    if not variant.entry.table.about:
        yield "about", "about is empty: say in a sentence what the framework is"
    for name in ("about", "source"):
        if not getattr(variant.table, name):
            yield name, f"variants.{variant.name}.{name} is empty"


def _gestures(entry: Entry) -> Iterator[tuple[str, str]]:
    for control, gesture in entry.table.controls.items():
        if any(text == "" for text in gesture.model_dump().values()):
            yield "control", f"controls.{control} has no selector"
    for output, shown in entry.table.outputs.items():
        if not (shown if isinstance(shown, str) else shown.selector):
            yield "output", f"outputs.{output} has no selector"


def _pages(variant: Variant) -> Iterator[tuple[str, str]]:
    pages: tuple[PageName, ...] = tuple(dict.fromkeys(scenario.page for scenario in SCENARIOS.values()))
    for page in pages:
        if variant.page_file(page) is None and page not in variant.table.not_applicable:
            yield "page", f"there is no {page} page, and not_applicable doesn't say why"
        for file in variant.code_files(page):
            if not file.is_file():
                yield "page", f"{file.name} is missing"
            elif file.suffix == ".py" and len(ast.parse(file.read_text()).body) < 2:
                yield "page", f"{file.name} holds no code yet"


def _client(variant: Variant) -> Iterator[tuple[str, str]]:
    file = variant.entry.directory / "client.py"
    if not file.is_file():
        yield "client", "client.py is missing"
        return
    classes = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ClassDef)]
    if variant.table.client not in {node.name for node in classes}:
        yield "client", f"client.py has no class {variant.table.client}"
    written = {item.name for node in classes for item in node.body if isinstance(item, ast.FunctionDef)}
    for method in ("open", "act", "receive", "close"):
        if method not in written:
            yield "client", f"client.py doesn't say how to {method} a session"
