"""Finds and validates entries. An entry is a directory with a `pyproject.toml` that has a `[tool.pyuibench]` table."""

import json
import os
import re
import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pyuibench.contract.scenarios import BY_KEY, CONTROLS, OUTPUTS, SCENARIOS, PageName, controls_of, outputs_of
from pyuibench.contract.ways import SLIDERS
from pyuibench.entries import sources
from pyuibench.entries.delay import Delay
from pyuibench.errors import UserError
from pyuibench.project import APPS, PYODIDE_SITE

APPS_VARIABLE = "PYUIBENCH_APPS"
Model = Literal["rerun", "partial-rerun", "callback", "reactive", "component"]
Role = Literal["idiomatic", "tuned", "tuned-shared", "contrast", "diagnostic", "baseline"]
"""`tuned` shares nothing between sessions; `tuned-shared` shares results too, by documented caches. `contrast` has the other
execution model. `diagnostic` tells the cost of one detail from that of the framework."""
LOCK = "requirements.lock"
PYODIDE_LOCK = "pyodide.lock"
"""What an entry that runs in the browser loads there, pinned and hashed; LOCK then has what its build takes."""
Probe = Literal["text", "canvas", "chart"]
Widgets = Literal["own", "native"]
Place = Literal["server", "browser"]
"""Where an entry's Python runs. In the browser its command serves files, and there is no client, no session on a server."""
CHART = "chart"
"""The output that is read as a chart, unless an entry says otherwise."""
FIRST_OUTGOING_PORT = 32_768
"""From here on Linux gives ports to outgoing connections: a server that is bound to one of them may find it taken at any time."""
CROWD = "crowd"
AGAIN = "again"
# What the tables say in words, and how many chats are put on a variant.
_RUNS_NOTHING = {
    "title",
    "built_on",
    "about",
    "source",
    "delays",
    "caveats",
    "released",
    "widgets",
    "without",
    "most_chats",
}


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Click(_Record):
    """Press the mouse on an element, as for a button or a radio. Commits at pointerdown."""

    click: str


class Type(_Record):
    """Type one more character at the end of a text field. Commits at its keydown, or at that of `commit` if given."""

    type: str
    commit: Literal["Enter", "Tab"] | None = None


class Keys(_Record):
    """Focus an element and press one arrow key: right or left on a slider, down or up on a select. Commits at keydown.

    `grip` is clicked before, untimed, where keys only go on from where the mouse has been: a slider's handle.
    """

    keys: str
    grip: str | None = None


class Drag(_Record):
    """Take hold of a slider's handle with the mouse, move it, and release it.

    Commits at the last move, or at the release where the page sends nothing before that.
    `drag` is the handle, or an `<input type=range>`, whose handle the browser draws. Else the value follows the mouse from one
    end of `along` to the other, or, with `inside`, as far as the handle goes without leaving it.
    """

    drag: str
    along: str | None = None
    inside: bool = False
    commit: Literal["move", "release"] = "move"


class Pick(_Record):
    """Open a list with a click, then press the mouse on an option. Commits at the option's pointerdown."""

    open: str
    option: str


class Send(_Record):
    """Give a file to an `<input type=file>`, hidden or not. Commits at its input event: a file dialog can't be driven."""

    send: str


class Drop(_Record):
    """Drop a file on an element. Commits at the drop event."""

    drop: str


class Say(_Record):
    """Type a whole text into an empty field, untimed, then press Enter. Commits at its keydown."""

    say: str


Gesture = Click | Type | Keys | Drag | Pick | Send | Drop | Say


class Shown(_Record):
    """Where an output is read: an element's text (or a text area's value), texts drawn on a canvas in it, or a chart's title.

    The element is the first that the selector matches; with `:last` at its end the last one, in the newest shadow root that has
    any, and with `:last(2)` the one before it.
    """

    selector: str
    probe: Probe = "text"


class VariantTable(_Record):
    """`[tool.pyuibench.variants.NAME]`. What is not given is the entry's.

    `most_cells`: the size of its largest scaling page, where a larger one takes longer to open than anyone would wait.
    `most_chats`: how many chats at once are tried at most, where more take minutes to open.
    `lock`: the file of its own pinned requirements, where it needs packages that the entry's other variants do without.
    """

    role: Role
    model: Model
    about: str
    source: str
    app: str
    grid: str | None = None
    most_cells: int | None = Field(default=None, ge=1)
    most_chats: int | None = Field(default=None, ge=20)
    files: tuple[str, ...] = ()
    client: str = "Client"
    lock: str | None = None
    command: tuple[str, ...] | None = None
    ready: str | None = None
    env: Mapping[str, str] = {}
    controls: Mapping[str, Gesture] = {}
    keyboard: Mapping[str, Keys] = {}
    outputs: Mapping[str, Shown | str] = {}
    delays: Mapping[str, Delay] = {}
    caveats: Mapping[str, str] = {}
    not_applicable: Mapping[str, str] = {}


class EntryTable(_Record):
    """`[tool.pyuibench]` of an entry's `pyproject.toml`.

    `build` is a command that makes what `command` serves, in a copy of the directory; `port` is then the only one to serve it on,
    below those of outgoing connections.
    `opening_gap_ms`: how long a session waits after the one before is open, for a framework that loses those opened at once.
    `keyboard`: control -> how it is operated by the keyboard alone, where a scenario asks for that.
    `delays`: control -> what is waited by design. `caveats`: scenario -> what to know when reading its figures; `crowd` is that
    of many sessions. `not_applicable`: scenario -> why the framework can't do it, with a link.
    `released`: when the pinned version was. `widgets`: whether the framework brings its own or shows the browser's controls.
    `without`: role -> why the entry has no variant of it, with a link. `runs_in`: where its Python runs. `server_entry`: the
    entry with the same app on a server, where it runs in the browser.

    It has more fields than a record should: it is one flat table of a file that people write by hand.
    """

    title: str
    built_on: str = ""
    package: str
    modules: tuple[str, ...]
    about: str
    baseline: bool = False
    runs_in: Place = "server"
    server_entry: str = ""
    command: tuple[str, ...]
    ready: str
    env: Mapping[str, str] = {}
    build: tuple[str, ...] = ()
    port: Annotated[int, Field(ge=1024, lt=FIRST_OUTGOING_PORT)] | None = None
    opening_gap_ms: float = 0.0
    controls: Mapping[str, Gesture]
    keyboard: Mapping[str, Keys] = {}
    outputs: Mapping[str, Shown | str]
    delays: Mapping[str, Delay] = {}
    caveats: Mapping[str, str] = {}
    not_applicable: Mapping[str, str] = {}
    released: date | None = None
    widgets: Widgets | None = None
    without: Mapping[Role, str] = {}
    variants: Annotated[Mapping[str, VariantTable], Field(min_length=1)]

    @model_validator(mode="after")
    def _complete(self) -> "EntryTable":
        tables: list[tuple[str, EntryTable | VariantTable]] = [("", self)]
        tables += [(f"variants.{name}.", table) for name, table in self.variants.items()]
        for where, table in tables:
            _known(f"{where}not_applicable", table.not_applicable, SCENARIOS)
            _known(f"{where}caveats", table.caveats, {*SCENARIOS, CROWD})
            _known(f"{where}controls", table.controls, {*CONTROLS, "cell"})
            _known(f"{where}keyboard", table.keyboard, {*CONTROLS, "cell"})
            _known(f"{where}delays", table.delays, {*CONTROLS, "cell"})
            _known(f"{where}outputs", table.outputs, {*OUTPUTS, "cell"})
        possible = set(SCENARIOS) - set(self.not_applicable)
        for kind, wanted, given in (
            ("controls", controls_of(possible - BY_KEY), set(self.controls)),
            ("keyboard", controls_of(possible & BY_KEY), set(self.keyboard)),
            ("outputs", outputs_of(possible), set(self.outputs)),
        ):
            if missing := sorted(wanted - given):
                raise ValueError(f"{kind} lacks {', '.join(missing)}")
        return self


@dataclass(frozen=True)
class Variant:
    """One way to write the app in an entry's framework: what is started, driven, read and measured."""

    entry: "Entry"
    name: str
    table: VariantTable

    @property
    def id(self) -> str:
        """Return `entry/variant`, which names it everywhere."""
        return f"{self.entry.name}/{self.name}"

    @property
    def lock(self) -> Path:
        """Return the file of pinned, hashed requirements: the entry's, unless the variant needs others."""
        return self.entry.place(self.table.lock or LOCK)

    def page_file(self, page: PageName) -> Path | None:
        """Return the file of a page, None if the variant has none."""
        name = self.table.app if page == "app" else self.table.grid
        return self.entry.place(name) if name else None

    def code_files(self, page: PageName) -> tuple[Path, ...]:
        """Return the files that a developer writes for a page."""
        file = self.page_file(page)
        if file is None:
            return ()
        return (file, *(self.entry.place(name) for name in self.table.files))

    @property
    def runs_in(self) -> Place:
        """Return where its Python runs."""
        return self.entry.table.runs_in

    @property
    def not_applicable(self) -> Mapping[str, str]:
        """Return scenario -> why the variant can't do it."""
        return {**self.entry.table.not_applicable, **self.table.not_applicable}

    @property
    def delays(self) -> Mapping[str, Delay]:
        """Return control -> what is waited by design when it is operated."""
        return {**self.entry.table.delays, **self.table.delays}

    @property
    def caveats(self) -> Mapping[str, str]:
        """Return scenario (or `crowd`) -> what to know when reading its figures."""
        return {**self.entry.table.caveats, **self.table.caveats}

    def command(self, page: PageName, places: Mapping[str, str], instead: Iterable[str] = ()) -> list[str]:
        """Return the command that serves a page, or the one given instead, with `{file}`, `{module}` and the places filled in."""
        return self._filled(tuple(instead) or self.table.command or self.entry.table.command, page, places)

    def build(self, page: PageName, places: Mapping[str, str]) -> list[str]:
        """Return the command that builds a page, filled in likewise; an empty one where there is nothing to build."""
        return self._filled(self.entry.table.build, page, places)

    @property
    def ready(self) -> str:
        """Return the path that answers 200 once the app does."""
        return self.table.ready or self.entry.table.ready

    def env(self, page: PageName, places: Mapping[str, str]) -> dict[str, str]:
        """Return the environment variables of building and serving."""
        merged = {**self.entry.table.env, **self.table.env}
        return dict(zip(merged, self._filled(merged.values(), page, places), strict=True))

    def _filled(self, parts: Iterable[str], page: PageName, places: Mapping[str, str]) -> list[str]:
        file = self.page_file(page)
        if file is None:
            raise UserError(f"{self.id} has no {page} page: {self.not_applicable.get(page, 'none is named')}.")
        filled = []
        for part in parts:
            for name, value in {"file": file.name, "module": file.stem, **places}.items():
                part = part.replace(f"{{{name}}}", value)
            filled.append(part)
        return filled

    def gesture(self, control: str, by_key: bool = False) -> Gesture:
        """Return how a control is operated, perhaps by the keyboard alone, for `cell-3` with its index filled in."""
        key, index = _split(control)
        gesture: Gesture
        if by_key:
            gesture = self.table.keyboard.get(key) or self.entry.table.keyboard[key]
        else:
            gesture = self.table.controls.get(key) or self.entry.table.controls[key]
        return gesture.model_copy(
            update={name: _fill(text, index) for name, text in gesture.model_dump().items() if text is not None}
        )

    @property
    def ways(self) -> Mapping[str, str]:
        """Return control -> the id of the way in which it is operated, for those that frameworks differ in."""
        controls = {**self.entry.table.controls, **self.table.controls}
        found = {control: _way(control, gesture) for control, gesture in controls.items()}
        return {control: way for control, way in found.items() if way}

    def shown(self, output: str) -> Shown:
        """Return where an output is read, for `cell-3` with its index filled in."""
        key, index = _split(output)
        shown = self.table.outputs.get(key) or self.entry.table.outputs[key]
        if isinstance(shown, str):
            shown = Shown(selector=shown, probe="chart" if output == CHART else "text")
        return shown.model_copy(update={"selector": _fill(shown.selector, index)})


@dataclass(frozen=True)
class Entry:
    """A framework's directory. `overlay`: the directory of a page of another contract, whose files come over the entry's own.

    `packages`: the project's own packages that such a page needs beside the workload, by their directories' names.
    """

    name: str
    directory: Path
    table: EntryTable
    overlay: Path | None = None
    packages: tuple[str, ...] = ()

    def place(self, name: str) -> Path:
        """Return where a file is: in the overlay, if it has one of that name."""
        over = self.overlay / name if self.overlay else None
        return over if over and over.is_file() else self.directory / name

    @property
    def title(self) -> str:
        """Return the framework's name, and what it is built on where that is a framework too."""
        return f"{self.table.title} (on {self.table.built_on})" if self.table.built_on else self.table.title

    @property
    def lock(self) -> Path:
        """Return the file of pinned, hashed requirements."""
        return self.directory / LOCK

    @property
    def npm_lock(self) -> Path:
        """Return the file of pinned, hashed npm packages, which few entries have."""
        return self.directory / "package-lock.json"

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Return the variants in the order of the file: the idiomatic one first."""
        return tuple(Variant(self, name, table) for name, table in self.table.variants.items())

    @property
    def is_framework(self) -> bool:
        """Return whether it is one, to be fair to: a baseline is none, on a server or in the browser."""
        return all(table.role != "baseline" for table in self.table.variants.values())

    @property
    def again(self) -> Variant:
        """Return the first variant under another name: what differs between the two is the noise of measuring (A/A)."""
        first = self.variants[0]
        about = f"{first.name} once more under another name: what differs is noise."
        return Variant(self, AGAIN, first.table.model_copy(update={"role": "baseline", "about": about}))

    def variant(self, name: str) -> Variant:
        """Return a variant, of the baseline the one that is measured twice too. Raises UserError for an unknown one."""
        for variant in (*self.variants, *([self.again] if self.table.baseline else [])):
            if variant.name == name:
                return variant
        known = ", ".join(self.table.variants)
        raise UserError(f"The entry {self.name} has no variant {name!r}; it has: {known}.")

    def locked_version(self) -> str:
        """Return the version of the framework's package that the lock pins, `unknown` if it pins none."""
        for lock in (self.lock, self.directory / PYODIDE_LOCK):
            text = lock.read_text() if lock.is_file() else ""
            if pinned := re.search(rf"^{re.escape(self.table.package)}(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE):
                return pinned[1]
        return self.npm_versions().get(self.table.package, "unknown")

    def npm_versions(self) -> dict[str, str]:
        """Return name -> version of the npm packages that its lock pins."""
        if not self.npm_lock.is_file():
            return {}
        packages: Mapping[str, Any] = json.loads(self.npm_lock.read_text(encoding="utf-8"))["packages"]
        return {place.rpartition("node_modules/")[2]: it["version"] for place, it in packages.items() if place}

    def source_hash(self) -> str:
        """Return a short hash of what runs of the entry, which keys its results: prose changes nothing.

        Where Python runs in the browser that is also what makes the site, and a part of which runs in it.
        """
        variants = [[name, _running(table)] for name, table in self.table.variants.items()]
        running = {**_running(self.table), "variants": variants}
        if self.table.runs_in == "browser":
            running["site"] = sources.hash_of_package(PYODIDE_SITE)
        if self.overlay:
            running["overlay"] = sources.hash_of(self.overlay, {})
        if self.packages:
            running["packages"] = [sources.hash_of_package(APPS / name) for name in self.packages]
        return sources.hash_of(self.directory, running)


def default_apps(own: Path) -> tuple[Path, ...]:
    """Return the project's own entries' directory and those that `PYUIBENCH_APPS` adds."""
    extra = os.environ.get(APPS_VARIABLE, "")
    return (own, *(Path(part) for part in extra.split(os.pathsep) if part))


def find_entries(directories: Iterable[Path]) -> dict[str, Entry]:
    """Return name -> entry for every entry directory below the given ones.

    Raises UserError for a directory that isn't there, an entry that isn't valid, and two entries of one name.
    """
    entries: dict[str, Entry] = {}
    # One that is named twice, in the environment and by an option, is one.
    for directory in {each.resolve(): each for each in directories}.values():
        if not directory.is_dir():
            raise UserError(f"{directory} is not a directory; --apps and {APPS_VARIABLE} name directories of entries.")
        for entry in _entries_in(directory):
            if entry.name in entries:
                raise UserError(
                    f"Two entries are named {entry.name}: {entries[entry.name].directory} and {entry.directory}."
                )
            entries[entry.name] = entry
    return entries


def load_entry(directory: Path) -> Entry | None:
    """Return the entry in a directory, None if it holds none. Raises UserError when its table is not valid."""
    file = directory / "pyproject.toml"
    if not file.is_file():
        return None
    try:
        tool = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
        if not isinstance(tool, dict):
            raise UserError(f"{file}: tool is not a table.")
        if "pyuibench" not in tool:
            return None
        return Entry(directory.name, directory.resolve(), EntryTable.model_validate(tool["pyuibench"]))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise UserError(f"{file}: {_first(error)}.") from error


def entry_at(directory: Path) -> Entry:
    """Return the entry in a directory. Raises UserError where there is none, or one that isn't valid."""
    entry = load_entry(directory)
    if entry is None:
        raise UserError(f"{directory} is not an entry.")
    return entry


def _way(control: str, gesture: Gesture) -> str | None:
    """Return the id of the way in which a gesture operates a control, None where all do it alike."""
    match gesture:
        case Type(commit=commit):
            return "committed" if commit else "typed"
        case Pick():
            return "pop-up"
        case Drag():
            return "handle"
        case Keys():
            return "arrow" if control in SLIDERS else "closed-list"
        case _:
            return None


def _known(where: str, given: Iterable[str], known: Container[str]) -> None:
    """Raise ValueError when a name isn't known."""
    if unknown := sorted(name for name in given if name not in known):
        raise ValueError(f"{where} has unknown names: {', '.join(unknown)}")


def _entries_in(directory: Path) -> Iterator[Entry]:
    for child in sorted(directory.iterdir()):
        if child.is_dir() and (entry := load_entry(child)):
            yield entry


def _running(table: EntryTable | VariantTable) -> dict[str, Any]:
    """Return what of a table changes what runs. What is left at its default is left out, so a new field changes no hash."""
    running = table.model_dump(mode="json", exclude={*_RUNS_NOTHING, "variants"}, exclude_defaults=True)
    return {**running, "not_applicable": sorted(table.not_applicable)}


def _split(name: str) -> tuple[str, str]:
    key, _, index = name.partition("-")
    return key, index


def _fill(text: Any, index: str) -> Any:
    return text.replace("{index}", index) if isinstance(text, str) else text


def _first(error: ValidationError) -> str:
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    return f"[tool.pyuibench] {where}: {message}" if where else f"[tool.pyuibench] {message}"
