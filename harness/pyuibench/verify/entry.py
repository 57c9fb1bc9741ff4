"""Checks of an entry's directory, before anything is started: what is still to be written or filled in."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyuibench.contract.scenarios import BY_KEY, SCENARIOS, PageName, controls_of, outputs_of
from pyuibench.entries.catalog import PYODIDE_LOCK, Entry, Role, Variant
from pyuibench.instruments.shared.languages import COUNTED
from pyuibench.project import APPS
from pyuibench.verify.findings import Level

PYODIDE_LOCK_COMMAND = (
    "uv pip compile pyodide.in --python-platform wasm32-pyodide2025 --python-version 3.13 --only-binary :all: "
    "--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o pyodide.lock"
)
CLIENT_METHODS = ("open", "act", "receive", "close")
# What is told but keeps nothing from running.
NOTED = frozenset({"about", "source", "notes", "delay", "reason", "role", "released", "widgets"})
# What every framework is measured as, beside its idiomatic variant.
TUNED: tuple[Role, ...] = ("tuned", "tuned-shared")


@dataclass(frozen=True)
class Lacking:
    """One thing that an entry lacks: which check saw it, and what is to be done."""

    check: str
    message: str
    page: PageName = "app"

    @property
    def level(self) -> Level:
        """Return how bad it is: with an error there is nothing yet that could be started."""
        return "note" if self.check in NOTED else "error"


class _UnreadableError(Exception):
    """A Python file can't be parsed; the text says where and why."""


def check_entry(variant: Variant) -> Iterator[Lacking]:
    """Yield everything that is missing in a variant's directory and metadata. Raises nothing that an entry can cause."""
    entry = variant.entry
    if not variant.lock.is_file():
        yield Lacking(
            "lock", f"there is no {variant.lock.name}; pin the packages in pyproject.toml and run `{_command(entry)}`"
        )
    elif re.search(rb"^-|https?://", variant.lock.read_bytes(), re.MULTILINE):
        yield Lacking("lock", f"{variant.lock.name} names an address or an option of pip; lock it without addresses")
    if not (variant.table.command or entry.table.command):
        yield Lacking("command", "command is empty: say how a page is served")
    yield from _gestures(variant)
    yield from _pages(variant)
    if variant.runs_in == "server":
        yield from _client(variant)
    elif not (entry.directory / PYODIDE_LOCK).is_file():
        yield Lacking("lock", f"there is no {PYODIDE_LOCK}; in {entry.directory} run `{PYODIDE_LOCK_COMMAND}`")
    yield from _texts(variant)
    yield from _stated(variant)
    if variant == entry.variants[0] and entry.is_framework:
        yield from _of_the_entry(entry)


def _command(entry: Entry) -> str:
    """Return the command that locks an entry, wherever its directory is."""
    directory = entry.directory.parent
    return f"pyuibench lock {entry.name}{'' if directory == APPS else f' --apps {directory}'}"


def _gestures(variant: Variant) -> Iterator[Lacking]:
    possible = set(SCENARIOS) - set(variant.not_applicable)
    for control in (name for name in variant.entry.table.controls if name in controls_of(possible)):
        if any(text == "" for text in variant.gesture(control).model_dump().values()):
            yield Lacking("control", f"controls.{control} has no selector", _page_of(control))
    for control in (name for name in variant.entry.table.keyboard if name in controls_of(possible & BY_KEY)):
        if any(text == "" for text in variant.gesture(control, by_key=True).model_dump().values()):
            yield Lacking("control", f"keyboard.{control} has no selector", _page_of(control))
    for output in (name for name in variant.entry.table.outputs if name in outputs_of(possible)):
        if not variant.shown(output).selector:
            yield Lacking("output", f"outputs.{output} has no selector", _page_of(output))


def _pages(variant: Variant) -> Iterator[Lacking]:
    looked_at: set[Path] = set()
    for page in dict.fromkeys(scenario.page for scenario in SCENARIOS.values()):
        if variant.page_file(page) is None and page not in variant.not_applicable:
            yield Lacking("page", f"has no {page} page, and doesn't say why in not_applicable", page)
        for file in (each for each in variant.code_files(page) if each not in looked_at):
            looked_at.add(file)
            if not file.is_file():
                yield Lacking("page", f"{file.name} is missing", page)
            elif file.suffix not in COUNTED:
                known = ", ".join(sorted(COUNTED))
                yield Lacking(
                    "page", f"lines of {file.name} can't be counted: its name must end in one of {known}", page
                )
            elif file.suffix == ".py":
                yield from _code(file, page)


def _code(file: Path, page: PageName) -> Iterator[Lacking]:
    try:
        if not [node for node in _parsed(file).body if not _is_docstring(node)]:
            yield Lacking("page", f"{file.name} holds no code yet", page)
    except _UnreadableError as error:
        yield Lacking("page", str(error), page)


def _client(variant: Variant) -> Iterator[Lacking]:
    file = variant.entry.directory / "client.py"
    if not file.is_file():
        yield Lacking("client", "client.py is missing")
        return
    try:
        classes = [node for node in ast.walk(_parsed(file)) if isinstance(node, ast.ClassDef)]
    except _UnreadableError as error:
        yield Lacking("client", str(error))
        return
    if variant.table.client not in {node.name for node in classes}:
        yield Lacking("client", f"client.py has no class {variant.table.client}")
    written = {item.name for node in classes for item in node.body if isinstance(item, ast.FunctionDef)}
    for method in CLIENT_METHODS:
        if method not in written:
            yield Lacking("client", f"client.py doesn't say how to {method} a session")


def _texts(variant: Variant) -> Iterator[Lacking]:
    if not variant.entry.table.about:
        yield Lacking("about", "about is empty: say in a sentence what the framework is")
    for name in ("about", "source"):
        if not getattr(variant.table, name):
            yield Lacking(name, f"variants.{variant.name}.{name} is empty")
    if variant.entry.is_framework and not (variant.entry.directory / "NOTES.md").is_file():
        yield Lacking("notes", "there is no NOTES.md: say what was chosen and why, with the documentation pages")


def _stated(variant: Variant) -> Iterator[Lacking]:
    """Yield what an entry should say of itself: each control's delay, and a link for what it can't do."""
    if variant.entry.is_framework:
        used = controls_of(set(SCENARIOS) - set(variant.not_applicable))
        if unstated := sorted(used - set(variant.delays)):
            yield Lacking("delay", f"delays doesn't state what is waited by design after {', '.join(unstated)}")
    for scenario, reason in variant.not_applicable.items():
        if "https://" not in reason:
            yield Lacking("reason", f"not_applicable.{scenario} has no link that shows why")


def _of_the_entry(entry: Entry) -> Iterator[Lacking]:
    """Yield what is said of an entry once: why it lacks a tuned variant, how old its version is, whose widgets it shows."""
    table = entry.table
    for role in TUNED:
        if role not in {*table.without, *(each.table.role for each in entry.variants)}:
            yield Lacking("role", f"no variant is {role}; write one, or say in without.{role} why there is none")
    for role, reason in table.without.items():
        if "https://" not in reason:
            yield Lacking("reason", f"without.{role} has no link that shows why")
    for name in ("released", "widgets"):
        if getattr(table, name) is None:
            yield Lacking(name, f"{name} is not given")


def _page_of(name: str) -> PageName:
    return "grid" if name == "cell" else "app"


def _parsed(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes())
    except SyntaxError as error:
        where = f"{file.name}, line {error.lineno}" if error.lineno else file.name
        raise _UnreadableError(f"{where}: {error.msg}") from error
    except ValueError as error:
        raise _UnreadableError(f"{file.name}: {error}") from error


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
